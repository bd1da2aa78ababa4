import type { ManagedFieldsEntry, Manifest } from '../manifest/manifest.ts'
import { isObject, type JsonObject } from '../std/json.ts'
import { isApplyEntry, isOfSubresource } from './fingerprint.ts'

/**
 * Managers whose `Update` entries hold what was applied from Git before us: kubectl's client-side
 * apply, and what the server sets up for objects without managed fields. Our manager's own
 * `Update` entry, which Argo CD's default leaves behind, is the third.
 */
const FORERUNNERS: ReadonlySet<string> = new Set([
  'kubectl-client-side-apply',
  'before-first-apply',
])

/**
 * JSON patch that hands the fields of client-side apply to `manager`'s server-side apply, or
 * `undefined` when there are none. Without it, a field that left Git stays for ever, because its
 * former owner still claims it (DESIGN 6; k8s-git.md D4). The patch is guarded by
 * `resourceVersion`: the server answers 409 when the object moved.
 *
 * As kubectl does it (`csaupgrade`): entries of the same apiVersion are united, those of another
 * one are dropped. Ownership of the last-applied annotation moves along, so the next apply removes
 * that annotation: it would go stale, and holds a copy of every Secret.
 */
export function ownershipPatch(live: Manifest, manager: string): readonly object[] | undefined {
  const entries = live.metadata.managedFields ?? []
  const isForerunner = (entry: ManagedFieldsEntry): boolean =>
    entry.operation === 'Update' &&
    !isOfSubresource(entry) &&
    (entry.manager === manager || FORERUNNERS.has(entry.manager ?? ''))

  const forerunners = entries.filter(isForerunner)
  const heir = entries.find((entry) => isApplyEntry(entry, manager)) ?? forerunners[0]
  if (forerunners.length === 0 || heir === undefined) return undefined

  const fieldsV1 = forerunners
    .filter((entry) => entry !== heir && entry['apiVersion'] === heir['apiVersion'])
    .reduce((fields, entry) => uniteFields(fields, entry.fieldsV1 ?? {}), heir.fieldsV1 ?? {})
  const owned: ManagedFieldsEntry = { ...heir, manager, operation: 'Apply', fieldsV1 }
  const value = entries
    .filter((entry) => entry === heir || !isForerunner(entry))
    .map((entry) => (entry === heir ? owned : entry))
  return [
    { op: 'replace', path: '/metadata/managedFields', value },
    // Replaced, not tested: a stale version is a conflict then, and not an invalid patch.
    { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
  ]
}

/**
 * Union of two sets of fields as `fieldsV1` writes them: an empty object is a field that is owned
 * itself; one with children owns those, and itself only if it has the key `.`.
 */
export function uniteFields(a: JsonObject, b: JsonObject): JsonObject {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries([...keys].map((key) => [key, uniteField(a[key], b[key])]))
}

function uniteField(a: JsonObject[string], b: JsonObject[string]): JsonObject[string] {
  if (!isObject(a)) return b
  if (!isObject(b)) return a
  const isLeaf = (fields: JsonObject): boolean => Object.keys(fields).length === 0
  return isLeaf(a) === isLeaf(b) ? uniteFields(a, b) : { [ITSELF]: {}, ...uniteFields(a, b) }
}

const ITSELF = '.'
