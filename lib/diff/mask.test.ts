import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { maskSecrets } from './mask.ts'
import { base64, LAST_APPLIED_ANNOTATION } from './normalise.ts'

const secret = (rest: Partial<Manifest>): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  ...rest,
})
const run = (length: number): string => '+'.repeat(length)

test('equal values have equal masks, differing ones masks of different length', () => {
  const states = maskSecrets({
    target: secret({ stringData: { same: 'x', other: 'a', key: 'new' } }),
    live: secret({ data: { same: base64('x'), other: base64('b'), gone: base64('c') } }),
    predicted: secret({ data: { same: base64('x'), other: base64('a'), key: base64('new') } }),
  })
  expect(states).toEqual({
    target: secret({ stringData: { same: run(8), other: run(8), key: run(8) } }),
    live: secret({ data: { same: run(8), other: run(12), gone: run(8) } }),
    predicted: secret({ data: { same: run(8), other: run(8), key: run(8) } }),
  })
})

test('the last-applied annotation is masked, others are not', () => {
  const withText = (text: string): Manifest =>
    secret({ metadata: { name: 's', annotations: { [LAST_APPLIED_ANNOTATION]: text, a: 'b' } } })
  expect(maskSecrets({ target: withText('{"data":1}'), live: withText('{"data":2}') })).toEqual({
    target: withText(run(8)),
    live: withText(run(12)),
  })
})

test.for([
  [{ data: 'not-a-map' }, { data: run(8) }],
  [{ data: ['a', 'b'] }, { data: run(8) }],
  [{ data: { a: { b: 'deep' }, c: 7, d: null } }, { data: { a: run(8), c: run(8), d: run(8) } }],
  [{ type: 'Opaque' }, { type: 'Opaque' }],
] as const)('what a Secret should not look like is masked too: %o', ([given, expected]) => {
  expect(maskSecrets({ live: secret(given) })).toEqual({ live: secret(expected) })
})

test('other kinds stay as they are', () => {
  const live: Manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { a: 'b' } }
  const sealed = { ...secret({ data: { a: 'b' } }), apiVersion: 'example.com/v1' }
  expect(maskSecrets({ live, predicted: sealed })).toEqual({ live, predicted: sealed })
})

test('property: no value leaks, whatever it is and wherever it stands', () => {
  const value = fc.string({ minLength: 1 }).map((text) => `hidden-${text}`)
  const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value)
  const someSecret = fc
    .record({ stringData: values, data: values, applied: value }, { requiredKeys: [] })
    .map(({ stringData, data, applied }) =>
      secret({
        ...(stringData !== undefined && { stringData }),
        ...(data !== undefined && {
          data: Object.fromEntries(Object.entries(data).map(([key, item]) => [key, base64(item)])),
        }),
        ...(applied !== undefined && {
          metadata: { name: 's', annotations: { [LAST_APPLIED_ANNOTATION]: applied } },
        }),
      }),
    )
  const states = fc.record(
    { target: someSecret, live: someSecret, predicted: someSecret },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(states, (given) => {
      const text = JSON.stringify(maskSecrets(given))
      expect(text).not.toContain('hidden-')
      expect(text).not.toContain(base64('hidden').slice(0, 8))
    }),
  )
})
