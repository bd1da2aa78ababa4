import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import type { Cluster } from '../../lib/cluster/port.ts'
import { type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import { isObject, type JsonObject } from '../../lib/std/json.ts'

const NAMESPACE = `fake-node-${Math.random().toString(36).slice(2, 8)}`
const clusters = createHttp2Clusters({ clock: { now: () => Date.now() } })
let cluster: Cluster

beforeAll(async () => {
  cluster = clusters.connect('acme', inject('connection'))
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } })
})
afterAll(async () => {
  const info = await kindOf('', 'Namespace')
  const { uid = '', resourceVersion = '' } =
    (await cluster.get(info, '', NAMESPACE))?.metadata ?? {}
  const key = { group: '', kind: 'Namespace', namespace: '', name: NAMESPACE }
  await cluster.remove(info, key, { uid, resourceVersion, propagation: 'background' })
  await clusters.close()
})

async function kindOf(group: string, kind: string) {
  const info = await cluster.kindOf(group, kind)
  if (info === undefined) throw new Error(`${kind} is not served`)
  return info
}

async function apply(target: Manifest): Promise<void> {
  const group = target.apiVersion.includes('/') ? (target.apiVersion.split('/')[0] ?? '') : ''
  const info = await kindOf(group, target.kind)
  await cluster.apply(info, target, { fieldManager: 'argosy-test', force: true })
}

const podsOf = async (app: string): Promise<readonly Manifest[]> =>
  cluster.list(await kindOf('', 'Pod'), { namespace: NAMESPACE, labelSelector: `app=${app}` })

/** What a Pod's only container waits for, or that it runs, or that it ended. */
function stateOf(pod: Manifest): string {
  const state = valueAt(pod, 'status', 'containerStatuses', 0, 'state')
  const [name = 'none', detail] = Object.entries(isObject(state) ? state : {})[0] ?? []
  const reason = isObject(detail) ? detail['reason'] : undefined
  return typeof reason === 'string' ? `${name}: ${reason}` : name
}

const workload = (kind: 'Deployment' | 'Job', app: string, image: string, spec: JsonObject) => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name: app, namespace: NAMESPACE },
  spec: {
    ...spec,
    template: {
      metadata: { labels: { app } },
      spec: {
        containers: [{ name: 'web', image }],
        ...(kind === 'Job' ? { restartPolicy: 'Never' } : {}),
      },
    },
  },
})

const selecting = (app: string): JsonObject => ({ selector: { matchLabels: { app } } })
const WAIT = { timeout: 20_000, interval: 100 }

test.for([
  ['ok', 'nginx:1.27', ['running', 'running'], 2],
  ['bad', 'nginx:broken', ['waiting: ImagePullBackOff', 'waiting: ImagePullBackOff'], undefined],
] as const)('Pods of Deployment %s, image %s', async ([app, image, states, available]) => {
  await apply(workload('Deployment', app, image, { replicas: 2, ...selecting(app) }))
  await expect.poll(async () => (await podsOf(app)).map(stateOf), WAIT).toEqual(states)
  const info = await kindOf('apps', 'Deployment')
  const status = async () =>
    valueAt(await cluster.get(info, NAMESPACE, app), 'status', 'availableReplicas')
  await expect.poll(status, WAIT).toBe(available)

  await apply(workload('Deployment', app, image, { replicas: 0, ...selecting(app) }))
  await expect.poll(() => podsOf(app), WAIT).toEqual([])
})

test('a Job completes', async () => {
  await apply(workload('Job', 'once', 'busybox:1', {}))
  const info = await kindOf('batch', 'Job')
  const succeeded = async () =>
    valueAt(await cluster.get(info, NAMESPACE, 'once'), 'status', 'succeeded')
  await expect.poll(succeeded, WAIT).toBe(1)
})
