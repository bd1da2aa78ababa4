import { type Manifest, splitApiVersion } from '../manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../std/json.ts'
import { removePointer } from './json-pointer.ts'

export const LAST_APPLIED_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'

export interface NormaliseOptions {
  /** JSON pointers (RFC 6901) to what does not count, such as `/spec/replicas`. */
  readonly ignore?: readonly string[]
}

/**
 * A manifest without what never counts in a comparison (6.4): what the server keeps in `metadata`,
 * `status`, kubectl's last-applied annotation, and what the user ignores. A Secret's `stringData`
 * is folded into `data`, as the server would. Idempotent.
 */
export function normalise(manifest: Manifest, options: NormaliseOptions = {}): Manifest {
  const { status: _status, ...rest }: Manifest = manifest
  const left = (options.ignore ?? []).reduce(ignorePointer, foldStringData(rest))
  return { ...left, metadata: normaliseMeta(left.metadata) }
}

export const isSecret = ({ apiVersion, kind }: Manifest): boolean =>
  kind === 'Secret' && splitApiVersion(apiVersion).group === ''

function normaliseMeta(meta: Manifest['metadata']): Manifest['metadata'] {
  const {
    managedFields: _managedFields,
    resourceVersion: _resourceVersion,
    uid: _uid,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    selfLink: _selfLink,
    annotations,
    labels,
    ...rest
  } = meta
  const { [LAST_APPLIED_ANNOTATION]: _lastApplied, ...kept } = annotations ?? {}
  return {
    ...rest,
    ...(Object.keys(kept).length > 0 && { annotations: kept }),
    ...(labels !== undefined && Object.keys(labels).length > 0 && { labels }),
  }
}

/** `stringData` wins over `data`; a null value is an empty one (6.4). */
function foldStringData(manifest: Manifest): Manifest {
  if (!isSecret(manifest)) return manifest
  const { stringData, ...rest } = manifest
  const { data } = rest
  if (!isObject(data) && !isObject(stringData)) return rest
  const folded: JsonObject = {
    ...mapValues(isObject(data) ? data : {}, (value) => value ?? ''),
    ...mapValues(isObject(stringData) ? stringData : {}, (value) =>
      typeof value === 'string' ? base64(value) : (value ?? ''),
    ),
  }
  return { ...rest, data: folded }
}

/** A pointer to an object's identity would leave no manifest; it ignores nothing. */
function ignorePointer(manifest: Manifest, pointer: string): Manifest {
  if (PROTECTED.has(pointer)) return manifest
  const left = removePointer(manifest, pointer)
  // What is protected is still there, so it is a manifest still.
  return isObject(left) ? (left as Manifest) : manifest
}

const PROTECTED = new Set(['', '/apiVersion', '/kind', '/metadata'])

const mapValues = (object: JsonObject, map: (value: Json | undefined) => Json): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))

/** Base64 of a text's UTF-8 bytes, without `Buffer`: the core runs anywhere. */
export const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
