import { expect, test } from 'vitest'
import { isClusterScoped, kindRank } from './kinds.ts'

test('kinds are applied in Argo CD’s order, unknown ones last', () => {
  const kinds = [
    'Widget',
    'APIService',
    'Deployment',
    'Service',
    'ConfigMap',
    'Secret',
    'Namespace',
  ]
  expect(kinds.toSorted((a, b) => kindRank(a) - kindRank(b))).toEqual(kinds.toReversed())
  expect(kindRank('Widget')).toBe(kindRank('Gadget'))
})

test.for([
  ['', 'Namespace', true],
  ['', 'Service', false],
  ['rbac.authorization.k8s.io', 'ClusterRole', true],
  ['rbac.authorization.k8s.io', 'Role', false],
  ['example.com', 'Namespace', false],
  ['constructor', 'Namespace', false],
] as const)('%s/%s is cluster-scoped: %s', ([group, kind, expected]) => {
  expect(isClusterScoped(group, kind)).toBe(expected)
})
