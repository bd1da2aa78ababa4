import { isObject, type Json, type JsonObject } from '../../lib/std/json.ts'

/** JSON merge patch (RFC 7386). */
export function mergePatch(value: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...value }
  for (const [name, change] of Object.entries(patch)) {
    if (change === undefined) continue
    if (change === null) delete merged[name]
    else if (isObject(change)) {
      const child = merged[name]
      merged[name] = mergePatch(isObject(child) ? child : {}, change)
    } else merged[name] = change
  }
  return merged
}
