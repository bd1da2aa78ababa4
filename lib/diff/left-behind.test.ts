import { expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import type { Json } from '../std/json.ts'
import { hasLeftBehind, LAST_APPLIED_LENGTH_MAX } from './left-behind.ts'
import { LAST_APPLIED_ANNOTATION } from './normalise.ts'

const OURS = 'argocd-controller'
const of = (spec: Json, metadata: Manifest['metadata'] = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', ...metadata },
  spec,
})

const liveOf = (spec: Json, applied: string, manager = 'kubectl-client-side-apply'): Manifest =>
  of(spec, {
    uid: 'u',
    annotations: { [LAST_APPLIED_ANNOTATION]: applied },
    managedFields: [{ manager, operation: 'Update', fieldsV1: {} }],
  })

const named = (...names: string[]): Json => names.map((name) => ({ name }))

test.for<[string, Json, Json, Json, boolean]>([
  ['nothing left Git', { a: 1 }, { a: 1 }, { a: 1, default: 2 }, false],
  ['a field left Git and is still there', { a: 1, b: 2 }, { a: 1 }, { a: 1, b: 2 }, true],
  ['it is gone from the cluster too', { a: 1, b: 2 }, { a: 1 }, { a: 1 }, false],
  ['a value changed', { a: 1 }, { a: 2 }, { a: 1 }, false],
  ['a field came into Git', { a: 1 }, { a: 1, b: 2 }, { a: 1 }, false],
  ['deep down', { a: { b: { c: 1 } } }, { a: { b: {} } }, { a: { b: { c: 1 } } }, true],
  ['a null that never took effect', { a: null }, {}, {}, false],
  ['an item left a keyed list', named('a', 'b'), named('a'), named('a', 'b', 'c'), true],
  ['the order of a keyed list', named('a', 'b'), named('b', 'a'), named('a', 'b'), false],
  ['a keyed list left Git', { l: named('a') }, {}, { l: named('a') }, true],
  [
    'a field of an item left Git',
    [{ containerPort: 80, hostPort: 1 }],
    [{ containerPort: 80 }],
    [{ containerPort: 80, hostPort: 1, protocol: 'TCP' }],
    true,
  ],
  ['a list that is applied as a whole', ['a', 'b'], ['a'], ['a', 'b'], false],
])('%s', ([, last, target, live, expected]) => {
  const applied = JSON.stringify(of(last))
  expect(hasLeftBehind(liveOf(live, applied), of(target), OURS)).toBe(expected)
})

const REMOVED = [of({ a: 1, b: 2 }), of({ a: 1 })] as const

test.for([
  ['kubectl-client-side-apply', true],
  ['before-first-apply', true],
  [OURS, true],
  ['kubectl-edit', false],
] as const)('what %s owns is left behind: %s', ([manager, expected]) => {
  const [before, target] = REMOVED
  const live = liveOf(before['spec'] ?? null, JSON.stringify(before), manager)
  expect(hasLeftBehind(live, target, OURS)).toBe(expected)
})

test('what the server keeps by itself is not left behind', () => {
  const applied = { ...of({}), status: {}, metadata: { name: 'web', creationTimestamp: null } }
  const live = { ...liveOf({}, JSON.stringify(applied)), status: { replicas: 1 } }
  expect(hasLeftBehind(live, of({}), OURS)).toBe(false)
})

test.for([
  'no JSON',
  '[]',
  '{"metadata":7}',
  `{"metadata":{},"spec":{"b":"${'x'.repeat(LAST_APPLIED_LENGTH_MAX)}"}}`,
])('an annotation that tells nothing is ignored (%#)', (applied) => {
  expect(hasLeftBehind(liveOf({ b: 2 }, applied), of({}), OURS)).toBe(false)
})
