import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import { FIELD_MANAGER, type Cluster, type KindInfo } from '../../lib/cluster/port.ts'
import { type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import type { WorkingCopy } from '../../local/git-server/working-copy.ts'
import { cloneWorkingCopy } from '../../local/git-server/working-copy.ts'
import { type Platform, startPlatform } from '../../local/platform.ts'
import { type Api, openApi } from '../builders/http-api.ts'
import { guestbook } from '../builders/guestbook.ts'
import { createNamespace, removeNamespace } from './namespaces.ts'
import { createPeople, type People } from './people.ts'

// The platform with its API, on a real API server; people use clients of their own.
const clusters = createHttp2Clusters({ clock: { now: () => Date.now() } })
const WAIT = { timeout: 20_000, interval: 100 }

let dataDir: string
let platform: Platform
let api: Api
let cluster: Cluster
let people: People
let copy: WorkingCopy
/** Namespace, Application and folder in Git of one test. */
let name: string

beforeAll(async () => {
  cluster = clusters.connect('acme', inject('connection'))
  people = createPeople(inject('connection'))
  dataDir = await mkdtemp(join(tmpdir(), 'argosy-guestbook-'))
  platform = await startPlatform({
    dataDir,
    port: 0,
    cluster: inject('kubeconfig'),
    intervals: { sweepMs: 1000, repositoryMs: 1000 },
    onProgress: () => undefined,
  })
  api = await openApi(platform.url, platform.initialPassword ?? '')
  copy = await cloneWorkingCopy(`${platform.git.url}/example-apps.git`)
}, 60_000)
afterAll(async () => {
  await copy.remove()
  await platform.stop()
  await clusters.close()
  await rm(dataDir, { recursive: true })
})
beforeEach(async () => {
  name = `e2e-${Math.random().toString(36).slice(2, 8)}`
  await createNamespace(cluster, name)
  return () => removeNamespace(cluster, name)
})

const push = (files: Readonly<Record<string, string | undefined>>): Promise<string> =>
  copy.push({
    files: Object.fromEntries(
      Object.entries(files).map(([path, text]) => [`${name}/${path}`, text] as const),
    ),
    message: `Change ${name}`,
  })

const create = (options: { readonly manual?: boolean } = {}) =>
  api.create(name, {
    git: `${platform.git.url}/example-apps.git`,
    path: `${name}/guestbook`,
    namespace: name,
    ...options,
  })

async function infoOf(kind: string): Promise<KindInfo> {
  const info = await cluster.kindOf(kind === 'Deployment' ? 'apps' : '', kind)
  if (info === undefined) throw new Error(`${kind} is not served`)
  return info
}

const live = async (kind: string, object = 'guestbook-ui'): Promise<Manifest | undefined> =>
  cluster.get(await infoOf(kind), name, object)

const replicas = async () => valueAt((await live('Deployment')) ?? null, 'spec', 'replicas')

/** Sync status, health, and what went wrong. */
async function state(): Promise<readonly (string | undefined)[]> {
  const { sync, health, conditions = [] } = (await api.get(name)).status
  return [sync.status, health.status, ...conditions.map(({ type }) => type)]
}

const becomes = (...expected: readonly string[]) => expect.poll(state, WAIT).toEqual(expected)

const lastOperation = async () => {
  const { operationState } = (await api.get(name)).status
  return [operationState?.phase, operationState?.message ?? '']
}

const deploymentPath = () => `/apis/apps/v1/namespaces/${name}/deployments`

test('a commit goes live, an edit by hand is put back, a deleted file is pruned', async () => {
  await push(guestbook())
  await create()
  await becomes('Synced', 'Healthy')

  await push(guestbook({ replicas: 2 }))
  await expect.poll(replicas, WAIT).toBe(2)
  await becomes('Synced', 'Healthy')

  await people.mergePatch(`${deploymentPath()}/guestbook-ui?fieldManager=kubectl-edit`, {
    spec: { replicas: 5 },
  })
  await expect.poll(replicas, WAIT).toBe(2)
  await becomes('Synced', 'Healthy')

  const service = await live('Service')
  const file = guestbook({ replicas: 2 })['guestbook/guestbook-ui.yaml'] ?? ''
  await push({ 'guestbook/guestbook-ui.yaml': file.split('---\n')[1] ?? '' })
  expect(service).toBeDefined()
  await expect.poll(() => live('Service'), WAIT).toBeUndefined()
  await becomes('Synced', 'Healthy')
  expect(await replicas()).toBe(2)
}, 60_000)

test('what kubectl applied before is taken over, and its fields can be removed', async () => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: name },
    data: { kept: 'a', removed: 'b' },
  }
  const applied = JSON.stringify(object)
  await people.post(
    `/api/v1/namespaces/${name}/configmaps?fieldManager=kubectl-client-side-apply`,
    {
      ...object,
      metadata: {
        ...object.metadata,
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied },
      },
    },
  )
  await push({
    'guestbook/settings.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { kept: a }\n',
  })
  await create()
  await becomes('Synced', 'Healthy')
  const taken = await live('ConfigMap', 'settings')
  expect(taken?.['data']).toEqual({ kept: 'a' })
  const managers = valueAt(taken ?? null, 'metadata', 'managedFields')
  expect(managers).toMatchObject([{ manager: FIELD_MANAGER, operation: 'Apply' }])
})

test('an image that cannot run is Degraded when its time is up', async () => {
  const file = guestbook({ image: 'nginx:broken' })['guestbook/guestbook-ui.yaml'] ?? ''
  await push({
    'guestbook/a.yaml': file.replace('replicas: 1', 'replicas: 1\n  progressDeadlineSeconds: 2'),
  })
  await create()
  await becomes('Synced', 'Degraded')
})

test('what the API server refuses fails the sync, and is said', async () => {
  await push({
    'guestbook/a.yaml':
      'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: 99999 }] }\n',
  })
  await create({ manual: true })
  await becomes('OutOfSync', 'Missing')
  await api.sync(name)
  await expect.poll(async () => (await lastOperation())[0], WAIT).toBe('Failed')
  expect((await lastOperation())[1]).toContain(
    'Service "a" is invalid: [spec.ports[0].port: Invalid value: 99999: must be between',
  )
  expect(await state()).toEqual(['OutOfSync', 'Missing'])
})

test('a namespace that is missing is named', async () => {
  await push({
    'guestbook/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: nowhere }\n',
  })
  await create({ manual: true })
  await api.sync(name)
  await expect.poll(async () => (await lastOperation())[0], WAIT).toBe('Failed')
  expect((await lastOperation())[1]).toContain('namespaces "nowhere" not found')
})
