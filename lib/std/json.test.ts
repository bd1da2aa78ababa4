import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, type Json, jsonEqual, parseJson, stringifyJson } from './json.ts'

const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.oneof(fc.boolean(), fc.constant(null), fc.integer()),
    fc.double({ noDefaultInfinity: true, noNaN: true }).filter((number) => number % 1 !== 0),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
}))

/** The same value with the keys of every map the other way round. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toReversed()
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item ?? null)]))
}

test('what was written is read back, every digit of it', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(jsonEqual(parseJson(stringifyJson(value)), value)).toBe(true)
      expect(jsonEqual(parseJson(canonicalJson(value)), value)).toBe(true)
    }),
  )
})

test('the order of keys does not count', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(jsonEqual(reversed(value), value)).toBe(true)
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
    }),
  )
})

test('equal values, and no others, have equal texts', () => {
  const few = fc.constantFrom<Json>(
    0,
    1,
    '0',
    '1',
    null,
    [],
    {},
    [1],
    { a: 1 },
    { a: [1] },
    2n ** 60n,
  )
  fc.assert(
    fc.property(fc.array(few, { maxLength: 3 }), fc.array(few, { maxLength: 3 }), (a, b) => {
      expect(canonicalJson(a) === canonicalJson(b)).toBe(jsonEqual(a, b))
    }),
  )
})

test.for<[Json | undefined, Json | undefined, boolean]>([
  [{ a: undefined }, {}, true],
  [{ a: null }, {}, false],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  ['1', 1, false],
  [undefined, undefined, true],
  [undefined, null, false],
])('%j and %j are equal: %s', ([a, b, expected]) => {
  expect(jsonEqual(a, b)).toBe(expected)
})
