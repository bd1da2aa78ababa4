import { annotation, type Manifest } from '../manifest/manifest.ts'

export const SYNC_OPTIONS_ANNOTATION = 'argocd.argoproj.io/sync-options'

export type Permission = 'yes' | 'no' | 'confirm'
export type Propagation = 'foreground' | 'background' | 'orphan'

/** Argo CD's sync options (1.4), for one object of one Application. */
export interface SyncOptions {
  readonly prune: Permission
  readonly delete: Permission
  readonly validate: boolean
  readonly createNamespace: boolean
  /** Absent when nobody said anything: then objects are applied server-side, but not announced so. */
  readonly serverSideApply?: boolean
  readonly replace: boolean
  readonly force: boolean
  readonly pruneLast: boolean
  readonly applyOutOfSyncOnly: boolean
  readonly skipDryRunOnMissingResource: boolean
  readonly propagation: Propagation
  readonly respectIgnoreDifferences: boolean
  readonly failOnSharedResource: boolean
  readonly clientSideApplyMigration: boolean
  /** Options with a name or value that is not known, as written. */
  readonly unknown: readonly string[]
}

const DEFAULTS: SyncOptions = {
  prune: 'yes',
  delete: 'yes',
  validate: true,
  createNamespace: false,
  replace: false,
  force: false,
  pruneLast: false,
  applyOutOfSyncOnly: false,
  skipDryRunOnMissingResource: false,
  propagation: 'foreground',
  respectIgnoreDifferences: false,
  failOnSharedResource: false,
  clientSideApplyMigration: true,
  unknown: [],
}

const BOOLEAN = new Map<string, boolean>([
  ['true', true],
  ['false', false],
])
const PERMISSION = new Map<string, Permission>([
  ['true', 'yes'],
  ['false', 'no'],
  ['confirm', 'confirm'],
])
const PROPAGATION = new Map<string, Propagation>([
  ['foreground', 'foreground'],
  ['background', 'background'],
  ['orphan', 'orphan'],
])

type Field = Exclude<keyof SyncOptions, 'unknown'>

const OPTIONS = new Map<string, readonly [Field, ReadonlyMap<string, unknown>]>([
  ['Prune', ['prune', PERMISSION]],
  ['Delete', ['delete', PERMISSION]],
  ['Validate', ['validate', BOOLEAN]],
  ['CreateNamespace', ['createNamespace', BOOLEAN]],
  ['ServerSideApply', ['serverSideApply', BOOLEAN]],
  ['Replace', ['replace', BOOLEAN]],
  ['Force', ['force', BOOLEAN]],
  ['PruneLast', ['pruneLast', BOOLEAN]],
  ['ApplyOutOfSyncOnly', ['applyOutOfSyncOnly', BOOLEAN]],
  ['SkipDryRunOnMissingResource', ['skipDryRunOnMissingResource', BOOLEAN]],
  ['PrunePropagationPolicy', ['propagation', PROPAGATION]],
  ['RespectIgnoreDifferences', ['respectIgnoreDifferences', BOOLEAN]],
  ['FailOnSharedResource', ['failOnSharedResource', BOOLEAN]],
  ['ClientSideApplyMigration', ['clientSideApplyMigration', BOOLEAN]],
])

/**
 * Options in effect. `appWide` is the list of the Application or of the operation (`Name=value`
 * each), `ofObject` the text of the object's annotation (comma list), which wins where both speak.
 */
export function parseSyncOptions(appWide: readonly string[] = [], ofObject?: string): SyncOptions {
  const texts = [...appWide, ...(ofObject ?? '').split(',')].map((text) => text.trim())
  const known: Partial<Record<Field, unknown>> = {}
  const unknown: string[] = []
  for (const text of texts) {
    if (text === '') continue
    const [name = '', value = ''] = text.split('=').map((part) => part.trim())
    const [field, values] = OPTIONS.get(name) ?? []
    if (field === undefined || values?.has(value) !== true) unknown.push(text)
    else known[field] = values.get(value)
  }
  // Each value came out of the table that belongs to its field.
  return { ...DEFAULTS, ...(known as Partial<SyncOptions>), unknown }
}

/** Options of one object, by its annotation and the Application's list. */
export const syncOptionsOf = (manifest: Manifest, appWide?: readonly string[]): SyncOptions =>
  parseSyncOptions(appWide, annotation(manifest, SYNC_OPTIONS_ANNOTATION))
