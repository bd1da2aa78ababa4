import type { ResourceKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isObject, jsonEqual, type JsonObject } from '../std/json.ts'
import { conflict, immutable, ownedByOther } from './memory-faults.ts'
import {
  changedFields,
  type Fields,
  fieldsOf,
  intersect,
  type Manager,
  mergeOver,
  subtract,
  union,
  withoutFields,
} from './memory-fields.ts'
import { IMMUTABLE_FIELDS } from './memory-kinds.ts'

/** An object as the memory cluster stores it: without `managedFields`, which `managers` hold. */
export interface Stored {
  readonly object: Manifest
  readonly managers: readonly Manager[]
}

/** Who writes, and when. */
export interface Writer {
  readonly manager: string
  readonly force: boolean
  readonly time: string
}

/**
 * Server-side apply: what `writer` owned and does not name any more disappears unless somebody
 * else owns it too; what others own with another value is a conflict, or taken by force.
 */
export function applyFields(
  key: ResourceKey,
  live: Stored | undefined,
  target: Manifest,
  writer: Writer,
): Stored {
  const { status: _status, ...wanted } = target
  const fields = fieldsOf(wanted)
  const others = (live?.managers ?? []).filter((entry) => !isOwn(entry, writer.manager))
  const own = live?.managers.find((entry) => isOwn(entry, writer.manager))
  const before: JsonObject = live?.object ?? {}
  const taken = changedFields(before, mergeOver({}, wanted))
  const kept = others.map((entry) => {
    const [contested] = intersect(entry.fields, taken)
    if (contested !== undefined && !writer.force) {
      throw ownedByOther(entry.manager, contested.replaceAll('\u0000', '.'))
    }
    return { ...entry, fields: subtract(entry.fields, taken) }
  })
  const ownedByOthers = kept.reduce<Fields>((all, entry) => union(all, entry.fields), new Set())
  const dropped = subtract(subtract(own?.fields ?? new Set(), fields), ownedByOthers)
  const object = mergeOver(withoutFields(before, dropped), wanted) as Manifest
  checkImmutable(key, live?.object, object)
  const isSame = own !== undefined && jsonEqual([...own.fields].toSorted(), [...fields].toSorted())
  return {
    object,
    managers: [
      {
        manager: writer.manager,
        operation: 'Apply',
        apiVersion: target.apiVersion,
        time: isSame && own !== undefined ? own.time : writer.time,
        fields,
      },
      ...kept.filter((entry) => entry.fields.size > 0),
    ],
  }
}

const isOwn = (entry: Manager, manager: string): boolean =>
  entry.manager === manager && entry.operation === 'Apply'

/** A plain write: the fields that changed now belong to the writer, and to nobody else. */
export function updateFields(
  live: Stored,
  object: Manifest,
  writer: Omit<Writer, 'force'> & { readonly subresource?: string },
): Stored {
  const changed = changedFields(live.object, object)
  const gone = subtract(fieldsOf(live.object), fieldsOf(object))
  const { manager, time, subresource } = writer
  const isWriter = (entry: Manager): boolean =>
    entry.manager === manager && entry.operation === 'Update' && entry.subresource === subresource
  const mine = live.managers.find(isWriter)?.fields ?? new Set<string>()
  const lost = union(changed, gone)
  const others = live.managers
    .filter((entry) => !isWriter(entry))
    .map((entry) => ({ ...entry, fields: subtract(entry.fields, lost) }))
  const { apiVersion } = object
  const fields = union(subtract(mine, gone), changed)
  const own: Manager = { manager, operation: 'Update', apiVersion, time, fields }
  return {
    object,
    managers: [...others, subresource === undefined ? own : { ...own, subresource }].filter(
      (entry) => entry.fields.size > 0,
    ),
  }
}

/** Both preconditions of a write (law 3); an absent object with a `uid` is a conflict as well. */
export function checkPreconditions(
  key: ResourceKey,
  live: Manifest | undefined,
  observed: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined },
): void {
  const { uid, resourceVersion } = observed
  if (uid !== undefined && live?.metadata.uid !== uid) {
    throw conflict(key, `uid mismatch: the object has ${live?.metadata.uid ?? 'gone'}`)
  }
  if (resourceVersion !== undefined && live?.metadata.resourceVersion !== resourceVersion) {
    throw conflict(key, 'the object has been modified; please apply your changes to the latest')
  }
}

/** Whether a write moves `generation`: anything but metadata and status differs. */
export const movesGeneration = (before: Manifest, after: Manifest): boolean =>
  !jsonEqual(withoutMeta(before), withoutMeta(after))

const withoutMeta = ({ metadata: _metadata, status: _status, ...rest }: Manifest): JsonObject =>
  rest

function checkImmutable(key: ResourceKey, live: Manifest | undefined, object: Manifest): void {
  const before = live?.['spec']
  const after = object['spec']
  if (!isObject(before) || !isObject(after)) return
  for (const field of IMMUTABLE_FIELDS[`${key.group}/${key.kind}`] ?? []) {
    if (!jsonEqual(before[field], after[field])) throw immutable(key, `spec.${field}`)
  }
}
