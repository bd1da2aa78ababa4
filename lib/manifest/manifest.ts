import type { Json, JsonObject } from '../std/json.ts'

/** A Kubernetes object as plain JSON: fields that nobody here knows survive. */
export interface Manifest extends JsonObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

export interface ObjectMeta extends JsonObject {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string | null
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly OwnerReference[]
  readonly managedFields?: readonly ManagedFieldsEntry[]
}

export interface OwnerReference extends JsonObject {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

export interface ManagedFieldsEntry extends JsonObject {
  readonly manager?: string
  readonly operation?: string
  readonly subresource?: string
  readonly fieldsV1?: JsonObject
}

/** Group and version of an `apiVersion`; the core group is the empty string. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

export const groupOf = (manifest: Manifest): string => splitApiVersion(manifest.apiVersion).group

export const annotation = (manifest: Manifest, name: string): string | undefined =>
  manifest.metadata.annotations?.[name]

/** Reads a value by its path of keys; arrays by index. `undefined` where the path ends early. */
export function valueAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  let current: Json | undefined = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = (current as Readonly<Record<string | number, Json | undefined>>)[step]
  }
  return current
}
