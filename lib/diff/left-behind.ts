import type { Manifest } from '../manifest/manifest.ts'
import { canonicalJson, isObject, type Json, type JsonObject, parseJson } from '../std/json.ts'
import { LAST_APPLIED_ANNOTATION, normalise } from './normalise.ts'
import { ownershipPatch } from './ownership.ts'

/**
 * Whether client-side apply, ours or kubectl's, put something into a live object that is still
 * there and that the target does not have any more. A dry run cannot show it: server-side apply
 * leaves alone what another entry owns, until `ownershipPatch` has been applied. So such an object
 * is out of sync, whatever the dry run says; after one sync there is nothing to hand over any more.
 */
export function hasLeftBehind(live: Manifest, target: Manifest, manager: string): boolean {
  if (ownershipPatch(live, manager) === undefined) return false
  const lastApplied = readLastApplied(live)
  return lastApplied !== undefined && remains(lastApplied, normalise(target), normalise(live))
}

function readLastApplied(live: Manifest): Json | undefined {
  const text = live.metadata.annotations?.[LAST_APPLIED_ANNOTATION]
  if (text === undefined || text.length > LAST_APPLIED_LENGTH_MAX) return undefined
  try {
    const value = parseJson(text)
    if (!isObject(value) || !isObject(value['metadata'])) return undefined
    // Both fields that `normalise` reads of a manifest are there.
    return normalise({ ...live, ...value, metadata: value['metadata'] })
  } catch {
    // Anybody may write this annotation; what is no JSON tells nothing.
    return undefined
  }
}

/** Kubernetes takes no more than this in all annotations of an object. */
export const LAST_APPLIED_LENGTH_MAX = 256 * 1024

/** Whether something of `last` is not in `target`, but in `live`. */
function remains(
  last: Json | undefined,
  target: Json | undefined,
  live: Json | undefined,
): boolean {
  if (last === undefined || live === undefined) return false
  if (target === undefined) return true
  if (isObject(last) && isObject(target) && isObject(live)) {
    return Object.keys(last).some((key) => remains(last[key], target[key], live[key]))
  }
  if (Array.isArray(last) && Array.isArray(target) && Array.isArray(live)) {
    const key = LIST_KEYS.find((name) => isKeyOf(name, last))
    if (key === undefined) return false
    const [before, wanted, now] = [last, target, live].map((list) => byKey(list, key))
    return remains(before, wanted, now)
  }
  return false
}

/**
 * What tells the items of Kubernetes' lists apart. Lists without one are applied as a whole, so a
 * dry run does show what they lose.
 */
const LIST_KEYS = ['name', 'mountPath', 'devicePath', 'containerPort', 'port', 'topologyKey', 'ip']

const isKeyOf = (key: string, list: readonly Json[]): boolean =>
  list.length > 0 && list.every((item) => isObject(item) && item[key] !== undefined)

const byKey = (list: readonly Json[], key: string): JsonObject =>
  Object.fromEntries(list.filter(isObject).map((item) => [canonicalJson(item[key]), item]))
