import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareUtf8 } from './compare-utf8.ts'
import { parseTableKey, tableKey } from './table-key.ts'

/** Strings that are rich in what keys are put together from. */
const hostile = fc
  .array(fc.constantFrom('#', 'T', 'T#', 'acme', 'a', '\n', '\u0000', 'é', '\uffee', '😀'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''))
const tenants = hostile.filter((tenant) => !tenant.includes('#'))

test('no two tenants or keys share a key of the table', () => {
  const places = fc.record({ tenant: tenants, key: fc.record({ pk: hostile, sk: hostile }) })
  fc.assert(
    fc.property(places, places, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other)
      const [a, b] = [tableKey(one.tenant, one.key), tableKey(other.tenant, other.key)]
      expect(a.pk === b.pk && a.sk === b.sk).toBe(same)
      expect(parseTableKey(a)).toEqual(one)
    }),
    { numRuns: 500 },
  )
})

test('texts are ordered by their bytes', () => {
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b))
      expect(Math.sign(compareUtf8(a, b))).toBe(bytes)
    }),
    { numRuns: 500 },
  )
  expect(['😀', '\uffee', 'a', ''].toSorted(compareUtf8)).toEqual(['', 'a', '\uffee', '😀'])
})
