import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultOf } from '../fault/fault.ts'
import { decodeItem, encodeItem } from './dynamo-item.ts'
import type { Item } from './port.ts'

test('an item as the table holds it', () => {
  const item = { pk: 'APPS', sk: 'guestbook', spec: '{}', due: 1.5, dueShard: '3', paused: false }
  const encoded = {
    pk: { S: 'T#acme#APPS' },
    sk: { S: 'guestbook' },
    spec: { S: '{}' },
    due: { N: '1.5' },
    dueShard: { S: '3' },
    paused: { BOOL: false },
  }
  expect(encodeItem('acme', item)).toEqual(encoded)
  expect(decodeItem(encoded)).toEqual({ tenant: 'acme', item })
})

test('decoding is the inverse of encoding', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)
  const scalar = fc.oneof(fc.string(), numbers, fc.boolean())
  const items = fc
    .tuple(fc.dictionary(text, scalar), text, text)
    .map(([attributes, pk, sk]): Item => ({ ...attributes, pk, sk }))
  const tenants = text.filter((tenant) => !tenant.includes('#'))
  fc.assert(
    fc.property(tenants, items, (tenant, item) => {
      expect(decodeItem(encodeItem(tenant, item))).toEqual({ tenant, item })
    }),
  )
})

test.for([
  ['no key', { a: { S: 'x' } }],
  ['a key that is a number', { pk: { N: '1' }, sk: { S: 's' } }],
  ['a key without a tenant', { pk: { S: 'APPS' }, sk: { S: 's' } }],
  ['a list', { pk: { S: 'T#acme#p' }, sk: { S: 's' }, a: { L: [] } }],
] as const)('what Argosy did not write is Internal: %s', ([, attributes]) => {
  let fault: unknown
  try {
    decodeItem(attributes as unknown as Parameters<typeof decodeItem>[0])
  } catch (error) {
    fault = faultOf(error).code
  }
  expect(fault).toBe('Internal')
})
