/**
 * A JSON value as Kubernetes writes it. Integers beyond 2^53 are `bigint`, so that no
 * object loses a digit on its way through.
 */
export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Structural equality of two JSON values; the order of keys does not count, `undefined` is absence. */
export function jsonEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => jsonEqual(item, b[index]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => jsonEqual(a[key], b[key]))
}

/** JSON text with sorted keys and exact integers: equal values give equal text. */
export function canonicalJson(value: Json | undefined): string {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isObject(value)) {
    const keys = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .toSorted()
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`
  }
  return value === undefined ? 'null' : JSON.stringify(value)
}

/** `JSON.stringify` that writes `bigint` as an exact integer. */
export function stringifyJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_, item: unknown) => (typeof item === 'bigint' ? RAW.rawJSON(item.toString()) : item),
    indent,
  )
}

/** `JSON.parse` that reads integers beyond 2^53 as `bigint`. */
export function parseJson(text: string): Json {
  // A reviver makes parsing several times slower, and hardly any text needs one.
  if (!/\d{16}/.test(text)) return JSON.parse(text) as Json
  return JSON.parse(text, ((_: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    context?.source !== undefined &&
    /^-?\d+$/.test(context.source)
      ? BigInt(context.source)
      : value) as Parameters<typeof JSON.parse>[1]) as Json
}

// ES2025 `JSON.rawJSON`, in Node since 21 and in Deno; TypeScript's es2024 library does not list it.
const RAW = JSON as unknown as { rawJSON(text: string): unknown }
