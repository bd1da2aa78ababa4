import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultOf } from '../fault/fault.ts'
import { decodeHint, delayOf, encodeHint, HINT_BYTES_MAX } from './hint.ts'

const longest = HINT_BYTES_MAX - encodeHint({ tenant: 't', name: '' }).length

test('a hint survives its encoding', () => {
  const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-composite' })
  fc.assert(
    fc.property(text, text, (tenant, name) => {
      expect(decodeHint(encodeHint({ tenant, name }))).toEqual({ tenant, name })
    }),
  )
})

test.for([
  ['', 'empty'],
  ['{', 'not JSON'],
  ['null', 'null'],
  ['"text"', 'a string'],
  ['[]', 'a list'],
  ['{"tenant":"t"}', 'no name'],
  ['{"tenant":"t","name":1}', 'a name that is not text'],
  ['{"tenant":"","name":"n"}', 'an empty tenant'],
  [JSON.stringify({ tenant: 't', name: 'n'.repeat(HINT_BYTES_MAX) }), 'too long'],
] as const)('%s is not a hint: %s', ([body]) => {
  expect(decodeHint(body)).toBeUndefined()
})

test('the longest hint is encoded and read, one byte more is refused', () => {
  const hint = { tenant: 't', name: 'n'.repeat(longest) }
  expect(decodeHint(encodeHint(hint))).toEqual(hint)
  expect(faultOf(thrownBy(() => encodeHint({ ...hint, name: `${hint.name}n` })))).toMatchObject({
    code: 'LimitExceeded',
    limit: 'HINT_BYTES_MAX',
  })
})

test('a body is ASCII, so that its characters are bytes', () => {
  expect(encodeHint({ tenant: 't', name: 'é\u{1f600}\u007f' })).toBe(
    '{"tenant":"t","name":"\\u00e9\\ud83d\\ude00\\u007f"}',
  )
  const hint = { tenant: 't', name: 'é'.repeat(longest / 6 + 1) }
  expect(faultOf(thrownBy(() => encodeHint(hint))).code).toBe('LimitExceeded')
})

test.for([
  [undefined, 0],
  [0, 0],
  [0.2, 1],
  [900, 900],
  [900.5, 'InvalidArgument'],
  [-1, 'InvalidArgument'],
  [Number.NaN, 'InvalidArgument'],
] as const)('a delay of %s s is sent as %s', ([delaySeconds, expected]) => {
  const delay = () => delayOf(delaySeconds === undefined ? {} : { delaySeconds })
  if (typeof expected === 'number') expect(delay()).toBe(expected)
  else expect(faultOf(thrownBy(delay)).code).toBe(expected)
})

function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}
