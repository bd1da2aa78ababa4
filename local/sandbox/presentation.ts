import type { Manifest } from '../../lib/manifest/manifest.ts'
import type { JsonObject } from '../../lib/std/json.ts'
import type { ServedKind } from './kinds.ts'
import type { Page } from './lists.ts'
import { columnsOf, type Column } from './table.ts'

/** The form in which a client wants objects: as they are, their metadata, or rows of a table. */
export type Form = 'object' | 'metadata' | 'table'

export function readForm(accept: string): Form {
  const first = accept.split(',', 1)[0] ?? ''
  if (/as=Table/.test(first)) return 'table'
  return /as=PartialObjectMetadata/.test(first) ? 'metadata' : 'object'
}

export interface Presentation {
  readonly form: Form
  readonly kind: ServedKind
  /** Epoch ms, for ages. */
  readonly now: number
  /** What a row carries of its object: `Metadata`, `Object` or `None`. */
  readonly includeObject: string
}

/** One object in the wanted form. */
export function presentObject(object: Manifest, as: Presentation): JsonObject {
  if (as.form === 'table') return { ...tableOf([object], as), metadata: versionOf(object) }
  return as.form === 'metadata' ? metadataOf(object) : inVersion(object, as.kind)
}

export function presentList(page: Page, as: Presentation): JsonObject {
  const metadata = {
    resourceVersion: page.resourceVersion,
    ...(page.continuation === ''
      ? {}
      : { continue: page.continuation, remainingItemCount: page.remaining }),
  }
  if (as.form === 'table') return { ...tableOf(page.items, as), metadata }
  if (as.form === 'metadata') {
    const items = page.items.map(metadataOf)
    return { kind: 'PartialObjectMetadataList', apiVersion: META, metadata, items }
  }
  const items = page.items.map((object) => {
    const { apiVersion: _version, kind: _kind, ...rest } = object
    // Items of built-in lists carry no type of their own; those of custom resources do.
    return as.kind.group.includes('.') && !as.kind.group.endsWith('.k8s.io')
      ? inVersion(object, as.kind)
      : rest
  })
  return { kind: `${as.kind.kind}List`, apiVersion: as.kind.apiVersion, metadata, items }
}

const META = 'meta.k8s.io/v1'

/** A custom resource is served in each of its versions under that version's name. */
const inVersion = (object: Manifest, { apiVersion }: ServedKind): Manifest => ({
  ...object,
  apiVersion,
})

const metadataOf = ({ metadata }: Manifest): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: META,
  metadata,
})

const versionOf = ({ metadata }: Manifest): JsonObject => ({
  resourceVersion: metadata.resourceVersion,
})

function tableOf(objects: readonly Manifest[], as: Presentation): JsonObject {
  const columns = columnsOf(as.kind)
  return {
    kind: 'Table',
    apiVersion: META,
    columnDefinitions: columns.map(definitionOf),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, as.now) ?? null),
      ...rowObject(object, as),
    })),
  }
}

const definitionOf = ({ name, type, wide }: Column): JsonObject => ({
  name,
  type,
  format: name === 'Name' ? 'name' : '',
  description: '',
  priority: wide ? 1 : 0,
})

function rowObject(object: Manifest, { includeObject, kind }: Presentation): JsonObject {
  if (includeObject === 'None') return {}
  return { object: includeObject === 'Object' ? inVersion(object, kind) : metadataOf(object) }
}
