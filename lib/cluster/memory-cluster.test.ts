import { beforeEach, expect, test } from 'vitest'
import { faultOf } from '../fault/fault.ts'
import type { ResourceKey } from '../manifest/key.ts'
import { type Manifest, valueAt } from '../manifest/manifest.ts'
import { createMemoryClusters, type MemoryClusters } from './memory-cluster.ts'
import type { MemoryServer } from './memory-server.ts'
import type { Cluster } from './port.ts'

const SERVER = 'https://memory.example.com'
const OURS = { fieldManager: 'argocd-controller', force: true }
const DEPLOYMENT = keyTo('apps', 'Deployment', 'web')

let clusters: MemoryClusters
let cluster: Cluster
let server: MemoryServer
beforeEach(() => {
  let ids = 0
  clusters = createMemoryClusters({
    clock: { now: () => Date.UTC(2026, 0, 1) },
    ids: { next: () => `uid-${++ids}` },
  })
  cluster = clusters.connect('acme', { server: SERVER })
  server = clusters.server(SERVER)
})

function keyTo(group: string, kind: string, name: string): ResourceKey {
  return { group, kind, namespace: 'default', name }
}

async function apply(target: Manifest): Promise<Manifest> {
  const info = await cluster.kind(target.apiVersion, target.kind)
  if (info === undefined) throw new Error(`${target.kind} is not served`)
  return (await cluster.apply(info, target, OURS)).object
}

const deployment = (image: string): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas: 2, template: { spec: { containers: [{ name: 'web', image }] } } },
})

const configMap = (name: string, owner?: Manifest): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: 'default',
    ...(owner !== undefined && {
      ownerReferences: [
        {
          apiVersion: owner.apiVersion,
          kind: owner.kind,
          name: owner.metadata.name ?? '',
          uid: owner.metadata.uid ?? '',
        },
      ],
    }),
  },
})

const namesLeft = (): string[] => server.objects().map(({ metadata }) => metadata.name ?? '')

test.for([
  ['web:1', 'Available=True Progressing=True', 2],
  ['web:broken', 'Available=False Progressing=False', 0],
] as const)('a Deployment of %s settles, once', async ([image, conditions, ready]) => {
  await apply(deployment(image))
  server.settle()
  const live = server.read(DEPLOYMENT)
  const found = valueAt(live, 'status', 'conditions') as readonly Record<string, string>[]
  expect([
    found.map(({ type, status }) => `${type}=${status}`).join(' '),
    valueAt(live, 'status', 'readyReplicas'),
    valueAt(live, 'status', 'observedGeneration'),
  ]).toEqual([conditions, ready, 1])
  server.settle()
  expect(server.read(DEPLOYMENT)).toEqual(live)
})

test.for([
  ['background', []],
  ['orphan', ['child']],
] as const)('deleting an owner, %s, leaves %j', async ([propagation, left]) => {
  const owner = await apply(configMap('owner'))
  await apply(configMap('child', owner))
  const info = await cluster.kind('v1', 'ConfigMap')
  const { uid = '', resourceVersion = '' } = owner.metadata
  if (info === undefined) throw new Error('ConfigMap is not served')
  const options = { uid, resourceVersion, propagation }
  await cluster.remove(info, keyTo('', 'ConfigMap', 'owner'), options)
  expect(namesLeft()).toEqual(left)
})

test('an owner deleted in the foreground stays until its dependents are gone', async () => {
  const owner = await apply(configMap('owner'))
  await apply(configMap('child', owner))
  const info = await cluster.kind('v1', 'ConfigMap')
  const { uid = '', resourceVersion = '' } = owner.metadata
  if (info === undefined) throw new Error('ConfigMap is not served')
  const key = keyTo('', 'ConfigMap', 'owner')
  await cluster.remove(info, key, { uid, resourceVersion, propagation: 'foreground' })
  expect(server.read(key)?.metadata).toMatchObject({
    deletionTimestamp: '2026-01-01T00:00:00Z',
    finalizers: ['foregroundDeletion'],
  })
  server.settle()
  expect(namesLeft()).toEqual([])
})

test('a namespace takes what is in it along', async () => {
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  const inShop = configMap('a')
  await apply({ ...inShop, metadata: { ...inShop.metadata, namespace: 'shop' } })
  await apply(configMap('b'))
  server.deleteObject({ group: '', kind: 'Namespace', namespace: '', name: 'shop' })
  expect(namesLeft()).toEqual(['b'])
})

test('a request fails before or after it took effect', async () => {
  const fault = { code: 'ClusterUnreachable', cluster: SERVER, detail: 'cut' } as const
  for (const [name, afterEffect] of [
    ['before', false],
    ['after', true],
  ] as const) {
    server.failWith(({ verb }) => (verb === 'apply' ? { fault, afterEffect } : undefined))
    expect(await apply(configMap(name)).catch(faultOf)).toEqual(fault)
  }
  expect(namesLeft()).toEqual(['after'])
})

test('tenants share a server, and servers share nothing', async () => {
  await apply(configMap('a'))
  const info = await cluster.kind('v1', 'ConfigMap')
  if (info === undefined) throw new Error('ConfigMap is not served')
  const listed = async (tenant: string, url: string) =>
    (await clusters.connect(tenant, { server: url }).list(info)).length
  expect([await listed('umbrella', SERVER), await listed('acme', 'https://other')]).toEqual([1, 0])
})
