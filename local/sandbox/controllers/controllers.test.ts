import { afterEach, expect, test } from 'vitest'
import type { Manifest } from '../../../lib/manifest/manifest.ts'
import { deleteObject } from '../deletes.ts'
import { collectGarbage } from '../gc.ts'
import { BUILT_IN_KINDS, numberAt, objectAt, objectsAt, textAt } from '../kinds.ts'
import { asNewObject } from '../new-object.ts'
import { createRegistry } from '../registry.ts'
import { openStore } from '../store.ts'
import { createControllers } from './all.ts'
import { PODS_MAX } from './replica-sets.ts'
import { runControllers } from './runner.ts'

const stops: (() => void)[] = []
afterEach(() => stops.splice(0).forEach((stop) => stop()))

/** A store with controllers and garbage collection, and people who write to it. */
function aWorld(start = Date.parse('2026-01-02T03:04:05Z')) {
  let now = start
  let ids = 0
  const store = openStore(undefined)
  const registry = createRegistry(store)
  const newUid = (): string => `${String(++ids).padStart(5, '0')}-0000`
  const fail = (error: unknown): never => {
    throw error
  }
  stops.push(
    runControllers({ store, now: () => now, newUid, podStepMs: 0 }, createControllers(), fail),
    collectGarbage({ store, registry, now: () => now }, fail),
  )
  const kindOf = (name: string) => {
    const kind = BUILT_IN_KINDS.find((known) => known.kind === name)
    if (kind === undefined) throw new Error(`${name} is not served`)
    return kind
  }
  return {
    store,
    pass: (ms: number) => (now += ms),
    add: (object: Manifest): Manifest =>
      store.put(asNewObject(kindOf(object.kind), object, { uid: newUid(), now })),
    change: (object: Manifest, spec: object): Manifest => {
      const live = store.get(`apps/${object.kind}`, 'shop', object.metadata.name ?? '') ?? object
      const generation = (live.metadata.generation ?? 0) + 1
      return store.put({
        ...live,
        metadata: { ...live.metadata, generation },
        spec: { ...objectAt(live, 'spec'), ...spec },
      })
    },
    remove: (object: Manifest, propagation: string) =>
      deleteObject(
        store,
        kindOf(object.kind),
        { namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' },
        { propagation, uid: '', resourceVersion: '', dryRun: false, now },
      ),
    status: (object: Manifest) => {
      const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : ''
      const { namespace = '', name = '' } = object.metadata
      return objectAt(store.get(`${group ?? ''}/${object.kind}`, namespace, name), 'status')
    },
    names: (collection: string) =>
      store.list(collection, 'shop').map(({ metadata }) => metadata.name ?? ''),
  }
}

const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }] },
})

const aWorkload = (kind: string, spec: object = {}, image = 'nginx:1'): Manifest => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: template(image), ...spec },
})

const condition = (status: object, type: string): string => {
  const found = objectsAt(status as never, 'conditions').find((each) => each['type'] === type)
  return `${textAt(found, 'status')} ${textAt(found, 'reason')}`
}

test('a Deployment gets pods that run, and says so', async () => {
  const { add, status, names } = aWorld()
  const web = add(aWorkload('Deployment', { replicas: 2 }))
  await expect.poll(() => numberAt(status(web), 'availableReplicas')).toBe(2)
  expect(names('/Pod')).toHaveLength(2)
  expect(status(web)).toMatchObject({ observedGeneration: 1, replicas: 2, updatedReplicas: 2 })
  expect(condition(status(web), 'Progressing')).toBe('True NewReplicaSetAvailable')
})

test('a workload gets no more pods than the limit', async () => {
  const { add, names } = aWorld()
  add(aWorkload('ReplicaSet', { replicas: PODS_MAX + 1 }))
  await expect.poll(() => names('/Pod').length).toBe(PODS_MAX)
})

test('a rollout replaces the old pods once the new ones run', async () => {
  const { add, change, status, store } = aWorld()
  const web = add(aWorkload('Deployment', { replicas: 2 }))
  await expect.poll(() => numberAt(status(web), 'availableReplicas')).toBe(2)
  change(web, { template: template('nginx:2') })
  const sizes = () =>
    store.list('apps/ReplicaSet', 'shop').map((set) => numberAt(set, 'spec', 'replicas') ?? 0)
  await expect.poll(() => sizes().toSorted((a, b) => a - b)).toEqual([0, 2])
  await expect.poll(() => condition(status(web), 'Progressing')).toBe('True NewReplicaSetAvailable')
  expect(status(web)).toMatchObject({ observedGeneration: 2, replicas: 2, updatedReplicas: 2 })
})

test('a broken image fails the rollout at its deadline and leaves the old pods running', async () => {
  const { add, change, pass, status, store } = aWorld()
  const web = add(aWorkload('Deployment', { progressDeadlineSeconds: 60 }))
  await expect.poll(() => numberAt(status(web), 'availableReplicas')).toBe(1)
  change(web, { template: template('nginx:broken') })
  const reasons = () =>
    store
      .list('/Pod', 'shop')
      .map((pod) => textAt(pod, 'status', 'containerStatuses', 0, 'state', 'waiting', 'reason'))
  await expect.poll(() => reasons().toSorted()).toEqual(['', 'ImagePullBackOff'])
  expect(condition(status(web), 'Progressing')).toBe('True ReplicaSetUpdated')
  expect(store.list('/Event', 'shop')).toHaveLength(1)
  pass(61_000)
  change(web, {})
  await expect
    .poll(() => condition(status(web), 'Progressing'))
    .toBe('False ProgressDeadlineExceeded')
  expect(condition(status(web), 'Available')).toBe('True MinimumReplicasAvailable')
})

test('a StatefulSet numbers its pods and gives them volumes', async () => {
  const { add, status, names } = aWorld()
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }
  const web = add(aWorkload('StatefulSet', { replicas: 2, volumeClaimTemplates: [claim] }))
  await expect.poll(() => numberAt(status(web), 'readyReplicas')).toBe(2)
  expect(names('/Pod')).toEqual(['web-0', 'web-1'])
  expect(names('/PersistentVolumeClaim')).toEqual(['data-web-0', 'data-web-1'])
  expect(status(web)['currentRevision']).toBe(status(web)['updateRevision'])
})

test('a DaemonSet runs on the one node; a Job completes', async () => {
  const { add, status } = aWorld()
  const set = add(aWorkload('DaemonSet'))
  const job = add({ ...aWorkload('Job'), metadata: { name: 'once', namespace: 'shop' } })
  await expect.poll(() => numberAt(status(set), 'numberAvailable')).toBe(1)
  await expect.poll(() => condition(status(job), 'Complete')).toBe('True CompletionsReached')
  expect(status(job)['succeeded']).toBe(1)
})

test.for([
  ['Background', []],
  ['Foreground', []],
  ['Orphan', ['web']],
] as const)('%s deletion leaves pods of %s', async ([propagation, left]) => {
  const { add, names, remove, status } = aWorld()
  const web = add(aWorkload('Deployment'))
  await expect.poll(() => numberAt(status(web), 'availableReplicas')).toBe(1)
  remove(web, propagation)
  await expect.poll(() => names('apps/Deployment')).toEqual([])
  const owners = () => names('/Pod').map((name) => name.split('-')[0])
  await expect.poll(owners).toEqual(left)
})

test('a namespace goes when the last of its objects has gone', async () => {
  const { add, names, remove, store } = aWorld()
  const shop = add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  const held = add({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'held', namespace: 'shop', finalizers: ['example.com/keep'] },
  })
  await expect.poll(() => names('/ServiceAccount')).toEqual(['default'])
  remove(shop, 'Background')
  await expect.poll(() => names('/ConfigMap')).toEqual(['held'])
  expect(textAt(store.get('/Namespace', '', 'shop'), 'status', 'phase')).toBe('Terminating')
  store.remove(held)
  await expect.poll(() => store.get('/Namespace', '', 'shop')).toBeUndefined()
})
