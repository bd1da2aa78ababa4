import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import type { Cluster, KindInfo } from '../../lib/cluster/port.ts'
import { groupOf, type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import { cloneWorkingCopy, type WorkingCopy } from '../../local/git-server/working-copy.ts'
import { type Platform, startPlatform } from '../../local/platform.ts'
import { guestbook } from '../builders/guestbook.ts'
import { type Api, openApi } from '../builders/http-api.ts'
import { createNamespace, removeNamespace } from './namespaces.ts'
import { createPeople } from './people.ts'

// Law 7 on a real API server: what may not be read is kept, whatever Git says.
const NAME = `forbidden-${Math.random().toString(36).slice(2, 8)}`
const clusters = createHttp2Clusters({ clock: { now: () => Date.now() } })
const WAIT = { timeout: 20_000, interval: 100 }

const binding: Manifest = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: NAME },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: 'default' }],
}

let cluster: Cluster
let folder: string
let platform: Platform
let api: Api
let copy: WorkingCopy

beforeAll(async () => {
  cluster = clusters.connect('acme', inject('connection'))
  await createNamespace(cluster, NAME)
  folder = await mkdtemp(join(tmpdir(), 'argosy-forbidden-'))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(await accountToken())))
  platform = await startPlatform({
    dataDir: join(folder, 'data'),
    port: 0,
    cluster: kubeconfig,
    intervals: { sweepMs: 1000, repositoryMs: 1000 },
    onProgress: () => undefined,
  })
  api = await openApi(platform.url, platform.initialPassword ?? '')
  copy = await cloneWorkingCopy(`${platform.git.url}/example-apps.git`)
}, 60_000)
afterAll(async () => {
  await copy.remove()
  await platform.stop()
  await remove(binding)
  await removeNamespace(cluster, NAME)
  await clusters.close()
  await rm(folder, { recursive: true })
})

async function infoOf({ apiVersion, kind }: Manifest): Promise<KindInfo> {
  const info = await cluster.kind(apiVersion, kind)
  if (info === undefined) throw new Error(`${kind} is not served`)
  return info
}

const apply = async (target: Manifest) =>
  cluster.apply(await infoOf(target), target, { fieldManager: 'argosy-test', force: true })

async function remove(object: Manifest): Promise<void> {
  const { kind, metadata } = object
  const info = await infoOf(object)
  const live = await cluster.get(info, '', metadata.name ?? '')
  const { uid, resourceVersion } = live?.metadata ?? {}
  if (uid === undefined || resourceVersion === undefined) return
  const key = { group: groupOf(object), kind, namespace: '', name: metadata.name ?? '' }
  await cluster.remove(info, key, { uid, resourceVersion, propagation: 'background' })
}

/** A ServiceAccount that may do everything as long as `binding` is there. */
async function accountToken(): Promise<string> {
  await apply({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: NAME, namespace: 'default' },
  })
  await apply(binding)
  const path = `/api/v1/namespaces/default/serviceaccounts/${NAME}/token`
  const answer = await createPeople(inject('connection')).post(path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  })
  return valueAt(answer, 'status', 'token') as string
}

const kubeconfigOf = (token: string) => {
  const { server, ca = '' } = inject('connection')
  const data = Buffer.from(ca).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': data } }],
    users: [{ name: 'account', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'account' } }],
  }
}

const service = async (): Promise<Manifest | undefined> =>
  cluster.get(
    await infoOf({ apiVersion: 'v1', kind: 'Service', metadata: {} }),
    NAME,
    'guestbook-ui',
  )

const push = (text: string): Promise<string> =>
  copy.push({ files: { [`${NAME}/guestbook-ui.yaml`]: text }, message: 'Change it' })

test('an account that loses its rights prunes nothing, and goes on when it has them again', async () => {
  const both = guestbook()['guestbook/guestbook-ui.yaml'] ?? ''
  await push(both)
  const git = `${platform.git.url}/example-apps.git`
  await api.create(NAME, { git, path: NAME, namespace: NAME })
  const state = async () => (await api.get(NAME)).status
  await expect.poll(state, WAIT).toMatchObject({
    sync: { status: 'Synced' },
    health: { status: 'Healthy' },
  })

  await remove(binding)
  const commit = await push(both.split('---\n')[1] ?? '')
  await expect.poll(state, WAIT).toMatchObject({
    sync: { status: 'Unknown', revision: commit },
    conditions: [{ type: 'ComparisonError', message: expect.stringContaining('forbidden') }],
  })
  // However often the cluster is looked at meanwhile.
  const before = platform.counts().kubernetes
  await expect.poll(() => platform.counts().kubernetes - before, WAIT).toBeGreaterThan(5)
  expect(await service()).toBeDefined()

  await apply(binding)
  await expect.poll(service, WAIT).toBeUndefined()
  await expect.poll(state, WAIT).toMatchObject({ sync: { status: 'Synced', revision: commit } })
}, 90_000)
