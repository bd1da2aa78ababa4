import {
  type ApplicationSource,
  type ApplicationSpec,
  sourcesOf,
  isAutomated,
} from '../../lib/app/application.ts'
import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import { formatGoTime } from './go-time.ts'
import { formatKeyValues } from './key-values.ts'
import { formatTable } from './table.ts'

/** The block that `app get` begins with (argocd.md 4.1). */
export function formatSummary(app: ApplicationJson, serverUrl: string): string {
  const { spec, status, metadata } = app
  const sources = sourcesOf(spec)
  return [
    formatKeyValues([
      ['Name:', qualifiedName(app)],
      ['Project:', spec.project === '' ? 'default' : spec.project],
      ['Server:', clusterOf(spec)],
      ['Namespace:', spec.destination.namespace ?? ''],
      ['URL:', `${serverUrl}/applications/${metadata.name}`],
    ]),
    isMulti(spec) ? 'Sources:\n' : 'Source:\n',
    ...sources.map((source) => formatKeyValues(sourceLines(source))),
    formatKeyValues([
      ['SyncWindow:', 'Sync Allowed'],
      ['Sync Policy:', policyText(spec)],
      ['Sync Status:', syncText(app)],
      ['Health Status:', status.health.status ?? ''],
    ]),
  ].join('')
}

export const formatConditions = (app: ApplicationJson): string =>
  formatTable([
    ['CONDITION', 'MESSAGE', 'LAST TRANSITION'],
    ...(app.status.conditions ?? []).map(({ type, message, lastTransitionTime }) => [
      type,
      message,
      formatGoTime(lastTransitionTime),
    ]),
  ])

/** `namespace/name`, as `argocd` names Applications. */
export const qualifiedName = ({ metadata }: ApplicationJson): string =>
  metadata.namespace === '' ? metadata.name : `${metadata.namespace}/${metadata.name}`

export const clusterOf = ({ destination }: ApplicationSpec): string =>
  destination.server === undefined || destination.server === ''
    ? (destination.name ?? '')
    : destination.server

const isMulti = (spec: ApplicationSpec): boolean => (spec.sources ?? []).length > 0

function sourceLines(source: ApplicationSource): readonly (readonly [string, string])[] {
  const { repoURL, targetRevision = '', path = '', ref = '' } = source
  return [
    ['- Repo:', repoURL],
    ['  Target:', targetRevision],
    ...(path === '' ? [] : [['  Path:', path] as const]),
    ...(ref === '' ? [] : [['  Ref:', ref] as const]),
  ]
}

function policyText(spec: ApplicationSpec): string {
  if (!isAutomated(spec)) return 'Manual'
  return spec.syncPolicy?.automated?.prune === true ? 'Automated (Prune)' : 'Automated'
}

function syncText({ spec, status }: ApplicationJson): string {
  const target = sourcesOf(spec)[0]?.targetRevision ?? ''
  const { status: code, revision = '' } = status.sync
  const words = { Synced: ` to ${target}`, OutOfSync: ` from ${target}`, Unknown: '', '': '' }[code]
  const short = !isSha(target) && revision.length > 7 ? ` (${revision.slice(0, 7)})` : ''
  return `${code}${words}${short}`
}

const isSha = (revision: string): boolean => /^[0-9a-f]{7,40}$/i.test(revision)
