import {
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  FAILSAFE_SCHEMA,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
  Schema,
  seqTag,
} from 'js-yaml'

/**
 * The schema with which kubectl reads YAML: YAML 1.1 as go-yaml understands it, made JSON.
 * It differs from every stock schema, so each rule below stands in the golden table
 * `test/golden/yaml/kubectl-cases.json`.
 */

const TRUE = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']
const FALSE = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...TRUE.map((word) => [word, true] as const),
  ...FALSE.map((word) => [word, false] as const),
])
const FIRST_OF_NUMBERS = Array.from('+-.0123456789')

/** Integer notations; the capture is the digits that `BigInt` reads after the prefix. */
const INTEGERS = [
  { pattern: /^[-+]?0b([01]+)$/i, prefix: '0b' },
  { pattern: /^[-+]?0x([0-9a-f]+)$/i, prefix: '0x' },
  { pattern: /^[-+]?0o?([0-7]+)$/, prefix: '0o' },
  { pattern: /^[-+]?(0|[1-9][0-9]*)$/, prefix: '' },
] as const
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const INT64_MAX = (1n << 63n) - 1n
const INT64_MIN = -(1n << 63n)

/** The value of a plain scalar that is not a string to kubectl; `undefined` if it is one. */
export function resolvePlain(text: string): boolean | number | bigint | null | undefined {
  if (text === '' || text === '~' || /^(?:null|Null|NULL)$/.test(text)) return null
  return BOOLEANS.get(text) ?? resolveNumber(text)
}

/** Numbers that JSON cannot say: infinity and NaN. */
export const isNotFinite = (text: string): boolean => NOT_FINITE.test(text)

function resolveNumber(source: string): number | bigint | undefined {
  const text = source.replaceAll('_', '')
  for (const { pattern, prefix } of INTEGERS) {
    const digits = pattern.exec(text)?.[1]
    if (digits === undefined) continue
    const size = BigInt(prefix + digits)
    const value = text.startsWith('-') ? -size : size
    if (value >= INT64_MIN && value <= INT64_MAX) return exact(value)
  }
  if (!FLOAT.test(text)) return undefined
  const float = Number(text)
  return Number.isFinite(float) ? float : undefined
}

const exact = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value

const never = (): boolean => false

const boolTag = defineScalarTag('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: Array.from('yYtToOnNfF'),
  resolve: (text) => BOOLEANS.get(text) ?? NOT_RESOLVED,
  identify: never,
})

const resolveNumberTag = (text: string): number | bigint | typeof NOT_RESOLVED => {
  // The collection that gets it refuses it, for only that error carries a line.
  if (isNotFinite(text)) return Number(text.replace(/\.inf/i, 'Infinity'))
  return resolveNumber(text) ?? NOT_RESOLVED
}

/** JSON has no word for these; kubectl refuses them. */
export const isUnsupported = (value: unknown): boolean =>
  typeof value === 'number' && !Number.isFinite(value)

const intTag = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: FIRST_OF_NUMBERS,
  resolve: resolveNumberTag,
  identify: never,
})

const floatTag = defineScalarTag('tag:yaml.org,2002:float', {
  resolve: resolveNumberTag,
  identify: never,
})

const binaryTag = defineScalarTag('tag:yaml.org,2002:binary', {
  resolve: (text) => decodeBase64(text) ?? NOT_RESOLVED,
  identify: never,
})

function decodeBase64(text: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)))
  } catch {
    return undefined
  }
}

/** Kubernetes knows string keys; go-yaml writes numbers and booleans as such, and no others. */
const keyedMapTag: typeof mapTag = {
  ...mapTag,
  addPair: (map, key, value) => {
    if (key === null) return 'a map key may not be null; quote it'
    if (typeof key === 'object') return 'a map key must be a string, not a list or map'
    if (isUnsupported(key) || isUnsupported(value)) return UNSUPPORTED
    return mapTag.addPair(map, key, value)
  },
}

const addItem = (items: unknown[], item: unknown): string => {
  if (isUnsupported(item)) return UNSUPPORTED
  items.push(item)
  return ''
}

const listTag: typeof seqTag = { ...seqTag, addItem }

export const UNSUPPORTED = 'infinity and NaN are not supported'

/** A tag nobody knows does not count: its plain value does. */
const unknownTags = (prefix: string) => [
  defineScalarTag(prefix, { matchByTagPrefix: true, resolve: (text) => text, identify: never }),
  defineMappingTag(prefix, { ...keyedMapTag, matchByTagPrefix: true, identify: never }),
  defineSequenceTag<unknown[]>(prefix, {
    matchByTagPrefix: true,
    create: () => [],
    addItem,
    identify: never,
  }),
]

export const KUBERNETES_SCHEMA = new Schema([
  ...FAILSAFE_SCHEMA.tags,
  keyedMapTag,
  listTag,
  nullCoreTag,
  boolTag,
  intTag,
  floatTag,
  mergeTag,
  binaryTag,
  ...unknownTags('!'),
  ...unknownTags('tag:'),
])
