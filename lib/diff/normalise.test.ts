import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { normalise } from './normalise.ts'

const manifest = (kind: string, rest: Partial<Manifest>): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a' },
  ...rest,
})

test('drops what the server keeps and what never counts', () => {
  const live = manifest('ConfigMap', {
    metadata: {
      name: 'a',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '7',
      generation: 3,
      creationTimestamp: '2026-01-01T00:00:00Z',
      selfLink: '/api/v1/x',
      managedFields: [{ manager: 'm' }],
      labels: { app: 'a' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', team: 'x' },
      finalizers: ['keep'],
    },
    data: { key: 'value' },
    status: { phase: 'Active' },
  })
  expect(normalise(live)).toEqual(
    manifest('ConfigMap', {
      metadata: {
        name: 'a',
        namespace: 'default',
        labels: { app: 'a' },
        annotations: { team: 'x' },
        finalizers: ['keep'],
      },
      data: { key: 'value' },
    }),
  )
})

test.for([[{ 'kubectl.kubernetes.io/last-applied-configuration': '{}' }], [{}]] as const)(
  'annotations that are empty, or become so, are none: %o',
  ([annotations]) => {
    const given = manifest('ConfigMap', { metadata: { name: 'a', annotations } })
    expect(normalise(given)).toEqual(manifest('ConfigMap', {}))
  },
)

test.for([
  [{ stringData: { a: 'x' } }, { data: { a: 'eA==' } }],
  [{ data: { a: 'b2xk', b: 'Yg==' }, stringData: { a: 'x' } }, { data: { a: 'eA==', b: 'Yg==' } }],
  [{ data: { a: null } }, { data: { a: '' } }],
  [{ stringData: { a: 'grüß €' } }, { data: { a: 'Z3LDvMOfIOKCrA==' } }],
  [{ stringData: { a: null } }, { data: { a: '' } }],
  [{ type: 'Opaque' }, { type: 'Opaque' }],
  [{ data: 'wrong' }, { data: 'wrong' }],
] as const)('the Secret %o is %o', ([given, expected]) => {
  expect(normalise(manifest('Secret', given))).toEqual(manifest('Secret', expected))
})

test("another group's Secret is no Secret", () => {
  const given = { ...manifest('Secret', { stringData: { a: 'x' } }), apiVersion: 'example.com/v1' }
  expect(normalise(given)).toEqual(given)
})

const web = manifest('Deployment', {
  spec: { replicas: 3, list: [{ a: 1, b: 2 }, { a: 3 }], 'a/b': { '~': 1 } },
})

test.for([
  [['/spec/replicas'], { list: [{ a: 1, b: 2 }, { a: 3 }], 'a/b': { '~': 1 } }],
  [['/spec/list/0/b', '/spec/a~1b/~0'], { replicas: 3, list: [{ a: 1 }, { a: 3 }], 'a/b': {} }],
  [['/spec/list/1'], { replicas: 3, list: [{ a: 1, b: 2 }], 'a/b': { '~': 1 } }],
  [
    ['/spec/list/7', '/spec/list/-', '/spec/none/x', '/spec/replicas/x', 'spec', '', '/kind'],
    web['spec'],
  ],
] as const)('ignores %o', ([ignore, spec]) => {
  expect(normalise(web, { ignore })).toEqual({ ...web, spec })
})

test('property: normalising twice is normalising once, and changes nothing in place', () => {
  const someManifest = fc.record({
    kind: fc.constantFrom('Secret', 'ConfigMap'),
    metadata: fc.record(
      {
        name: fc.string(),
        uid: fc.string(),
        annotations: fc.dictionary(
          fc.constantFrom('a', 'kubectl.kubernetes.io/last-applied-configuration'),
          fc.string(),
        ),
      },
      { requiredKeys: ['name'] },
    ),
    data: fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(fc.string(), fc.constant(null))),
    stringData: fc.dictionary(fc.constantFrom('a', 'c'), fc.string()),
  })
  const options = { ignore: ['/data/a', '/metadata/annotations/a'] }
  fc.assert(
    fc.property(someManifest, ({ kind, ...rest }) => {
      const given = manifest(kind, rest)
      const copy = structuredClone(given)
      const once = normalise(given, options)
      expect(normalise(once, options)).toEqual(once)
      expect(given).toEqual(copy)
    }),
  )
})
