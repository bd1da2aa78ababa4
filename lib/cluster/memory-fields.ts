import type { ManagedFieldsEntry } from '../manifest/manifest.ts'
import { isObject, type Json, jsonEqual, type JsonObject } from '../std/json.ts'

/**
 * Field ownership as the memory cluster keeps it: sets of leaf paths. Lists are leaves as a whole,
 * where a real server merges many of them by key.
 */
export type Fields = ReadonlySet<string>

/** Who set which fields: one entry per manager, operation and subresource. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly subresource?: string
  readonly apiVersion: string
  readonly time: string
  readonly fields: Fields
}

const SEPARATOR = '\u0000'

/** Set by the server itself, so never owned by anybody. */
const SERVER_FIELDS: Fields = new Set(
  'apiVersion kind metadata.name metadata.namespace metadata.uid metadata.resourceVersion metadata.generation metadata.creationTimestamp metadata.deletionTimestamp metadata.deletionGracePeriodSeconds metadata.managedFields'
    .split(' ')
    .map((path) => path.replace('.', SEPARATOR)),
)

/** Every leaf of an object that can have an owner. */
export function fieldsOf(value: JsonObject): Fields {
  const found = new Set<string>()
  const walk = (node: Json, path: string): void => {
    if (SERVER_FIELDS.has(path)) return
    const entries = isObject(node) ? Object.entries(node) : []
    if (entries.length === 0) return void found.add(path)
    for (const [key, child] of entries) {
      if (child !== undefined) walk(child, path === '' ? key : path + SEPARATOR + key)
    }
  }
  walk(value, '')
  return found
}

export const subtract = (fields: Fields, others: Fields): Fields =>
  new Set([...fields].filter((path) => !others.has(path)))

export const intersect = (fields: Fields, others: Fields): Fields =>
  new Set([...fields].filter((path) => others.has(path)))

export const union = (fields: Fields, others: Fields): Fields => new Set([...fields, ...others])

/** Leaves of `after` that `before` does not have with the same value. */
export const changedFields = (before: JsonObject, after: JsonObject): Fields =>
  new Set([...fieldsOf(after)].filter((path) => !jsonEqual(at(before, path), at(after, path))))

/** Lays `target` over `live`: maps are merged, everything else is replaced, `null` is left out. */
export function mergeOver(live: JsonObject, target: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...live }
  for (const [key, value] of Object.entries(target)) {
    if (value === undefined || value === null) continue
    const current = live[key]
    merged[key] = isObject(value) ? mergeOver(isObject(current) ? current : {}, value) : value
  }
  return merged
}

/** Removes leaves, and maps that this leaves empty. What has grown children is left alone. */
export function withoutFields(value: JsonObject, fields: Fields): JsonObject {
  let result = value
  for (const path of fields) result = without(result, path.split(SEPARATOR)) ?? {}
  return result
}

function without(
  value: JsonObject,
  [key = '', ...rest]: readonly string[],
): JsonObject | undefined {
  const child = value[key]
  if (child === undefined) return value
  const hasChildren = isObject(child) && Object.keys(child).length > 0
  if (rest.length === 0 && hasChildren) return value
  const left = rest.length > 0 && isObject(child) ? without(child, rest) : undefined
  const { [key]: _removed, ...others } = value
  if (left !== undefined) return { ...others, [key]: left }
  return Object.keys(others).length === 0 ? undefined : others
}

/** As `metadata.managedFields` shows it. */
export const toManagedFields = (manager: Manager): ManagedFieldsEntry => ({
  manager: manager.manager,
  operation: manager.operation,
  apiVersion: manager.apiVersion,
  time: manager.time,
  fieldsType: 'FieldsV1',
  fieldsV1: toTree([...manager.fields].map((path) => path.split(SEPARATOR))),
  ...(manager.subresource === undefined ? {} : { subresource: manager.subresource }),
})

export const fromManagedFields = (entry: ManagedFieldsEntry): Manager => ({
  manager: entry.manager ?? '',
  operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
  apiVersion: typeof entry['apiVersion'] === 'string' ? entry['apiVersion'] : 'v1',
  time: typeof entry['time'] === 'string' ? entry['time'] : '',
  fields: fromTree(entry.fieldsV1 ?? {}),
  ...(entry.subresource === undefined ? {} : { subresource: entry.subresource }),
})

function toTree(paths: readonly (readonly string[])[]): JsonObject {
  const groups = new Map<string, string[][]>()
  for (const [key = '', ...rest] of paths) {
    const group = groups.get(key) ?? []
    groups.set(key, group)
    if (rest.length > 0) group.push(rest)
  }
  const entries = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, rest]) => [`f:${key}`, toTree(rest)]))
}

function fromTree(tree: JsonObject, prefix = ''): Fields {
  const found = new Set<string>()
  for (const [name, child] of Object.entries(tree)) {
    if (!name.startsWith('f:')) continue
    const path = prefix === '' ? name.slice(2) : prefix + SEPARATOR + name.slice(2)
    const below = isObject(child) ? fromTree(child, path) : new Set<string>()
    for (const leaf of below.size === 0 ? [path] : below) found.add(leaf)
  }
  return found
}

function at(value: JsonObject, path: string): Json | undefined {
  let current: Json | undefined = value
  for (const key of path.split(SEPARATOR)) current = isObject(current) ? current[key] : undefined
  return current
}
