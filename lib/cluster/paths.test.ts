import { expect, test } from 'vitest'
import { applyQuery, collectionPath, listQuery, objectPath } from './paths.ts'
import type { KindInfo } from './port.ts'

const kind = (group: string, resource: string, namespaced = true): KindInfo => ({
  group,
  version: 'v1',
  kind: 'Any',
  resource,
  namespaced,
})

test.for([
  [kind('', 'pods'), 'shop', 'a', '/api/v1/namespaces/shop/pods/a'],
  [kind('apps', 'deployments'), 'shop', 'a', '/apis/apps/v1/namespaces/shop/deployments/a'],
  [kind('', 'namespaces', false), '', 'shop', '/api/v1/namespaces/shop'],
  [kind('', 'nodes', false), 'ignored', 'a', '/api/v1/nodes/a'],
  [
    kind('rbac.authorization.k8s.io', 'clusterroles', false),
    '',
    'System:Reader',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/System%3AReader',
  ],
  [
    kind('', 'pods'),
    '../x',
    '../../secrets?a#b',
    '/api/v1/namespaces/..%2Fx/pods/..%2F..%2Fsecrets%3Fa%23b',
  ],
] as const)('an object has its path: %#', ([info, namespace, name, path]) => {
  expect(objectPath(info, namespace, name)).toBe(path)
})

test.for([
  [kind('', 'pods'), 'shop', '', 'Any "" has no metadata.name; set it'],
  [kind('', 'pods'), '', 'a', 'Any "a" has no metadata.namespace; set it'],
  [kind('', 'pods'), '..', 'a', '".." is no name; change it'],
  [kind('', 'nodes', false), '', '.', '"." is no name; change it'],
] as const)(
  'a path that would mean more than one object is refused: %#',
  ([info, namespace, name, message]) => {
    expect(() => objectPath(info, namespace, name)).toThrow(message)
  },
)

test('a collection without a namespace is that of all namespaces', () => {
  expect(collectionPath(kind('', 'pods'), '')).toBe('/api/v1/pods')
})

test('queries name what is set', () => {
  const options = { fieldManager: 'a b', force: true }
  expect([
    listQuery({}, 500, ''),
    listQuery({ labelSelector: 'app in (a,b)' }, 2, 'next='),
    applyQuery(options),
    applyQuery({ ...options, force: false, dryRun: true, validate: false }),
  ]).toEqual([
    '?limit=500',
    '?limit=2&continue=next%3D&labelSelector=app+in+%28a%2Cb%29',
    '?fieldManager=a+b&force=true&fieldValidation=Strict',
    '?fieldManager=a+b&force=false&dryRun=All&fieldValidation=Ignore',
  ])
})
