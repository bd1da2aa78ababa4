import type { ApplicationSpec } from '../../lib/app/application.ts'
import { keyOf, keyText } from '../../lib/manifest/key.ts'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { trackingAppOf } from '../../lib/manifest/tracking.ts'
import {
  changeSpec,
  createApplication,
  getApplication,
  isOperating,
  requestDeletion,
  requestedOperation,
  requestOperation,
  requestTermination,
  wake,
} from '../../lib/state/applications.ts'
import { configMap, deployment } from './manifests.ts'
import {
  APPS,
  nameOf,
  noteCommit,
  pathsOf,
  repoUrl,
  SERVER,
  serverOf,
  TENANTS,
  type World,
} from './world.ts'

/** What people do meanwhile, in proportion. They talk to state and post directly, without faults. */
const DEEDS: readonly (readonly [weight: number, deed: (world: World) => unknown])[] = [
  [30, commitSomething],
  [6, forcePush],
  [14, editLiveObject],
  [8, deleteLiveObject],
  [4, putForeignObject],
  [4, takeOverLiveObject],
  [5, takeOutOfGit],
  [8, askForSync],
  [8, askForRefresh],
  [6, toggleSelfHeal],
  [5, moveSource],
  [3, terminateOperation],
  [3, deleteApp],
  [6, createMissingApp],
  [20, settleClusters],
  [2, (world) => world.post.dropAll()],
  [4, (world) => world.clock.advance(world.random.int(120_000))],
]
const TOTAL = DEEDS.reduce((sum, [weight]) => sum + weight, 0)

export async function doSomething(world: World): Promise<void> {
  let left = world.random.int(TOTAL)
  for (const [weight, deed] of DEEDS) {
    left -= weight
    if (left >= 0) continue
    world.trace(() => `somebody: ${deed.name}`)
    return void (await deed(world))
  }
}

/** Every Application, as its owner wrote it; all are automated, with prune. */
export async function createApp(world: World, tenant: string, app: string): Promise<void> {
  const record = await createApplication(world.state, tenant, {
    name: app,
    uid: world.ids.next(),
    spec: specOf(tenant, { path: app, selfHeal: true }),
    labels: {},
    annotations: {},
    now: world.clock.now(),
  })
  if (record === undefined) return
  world.deleted.delete(nameOf(tenant, app))
  await hint(world, tenant, app)
}

const specOf = (
  tenant: string,
  { path, selfHeal }: { readonly path: string; readonly selfHeal: boolean },
): ApplicationSpec => ({
  project: 'default',
  source: { repoURL: repoUrl(tenant), path },
  destination: { server: SERVER, namespace: 'default' },
  syncPolicy: {
    automated: { prune: true, selfHeal },
    retry: { limit: 2, backoff: { duration: '5s', factor: 2, maxDuration: '30s' } },
  },
})

/** A commit that changes, adds, removes or breaks something in one Application's directory. */
function commitSomething(world: World): void {
  const { random } = world
  const tenant = random.pick(TENANTS)
  const app = random.pick(APPS)
  const repository = world.git.repository(repoUrl(tenant))
  const path = random.pick(pathsOf(app))
  const value = `v${world.commits.size}`
  const wave = random.int(3)
  const changes = random.pick([
    { [`${path}/config.yaml`]: configMap({ tenant, app, name: 'config', value }) },
    { [`${path}/web.yaml`]: deployment(app, 1 + random.int(3), random.int(2)) },
    { [`${path}/extra.yaml`]: undefined },
    { [`${path}/extra.yaml`]: configMap({ tenant, app, name: 'extra', value, wave }) },
    { [`${path}/config.yaml`]: 'kind: [broken' },
  ])
  noteCommit(world, repository.change(changes))
}

/** The branch is rewritten: its newest commit is replaced by another one. */
function forcePush(world: World): void {
  const { random } = world
  const tenant = random.pick(TENANTS)
  const app = random.pick(APPS)
  const repository = world.git.repository(repoUrl(tenant))
  const value = `f${world.commits.size}`
  const changes = {
    [`${random.pick(pathsOf(app))}/config.yaml`]: configMap({ tenant, app, name: 'config', value }),
  }
  noteCommit(world, repository.change(changes, { parents: [] }))
}

/**
 * One more commit to every directory: it mends what was broken, and whoever lost a subscription
 * misses it.
 */
export function mendRepositories(world: World): void {
  for (const tenant of TENANTS) {
    for (const app of APPS) {
      const value = `mended${world.commits.size}`
      const config = configMap({ tenant, app, name: 'config', value })
      const files = Object.fromEntries(pathsOf(app).map((path) => [`${path}/config.yaml`, config]))
      noteCommit(world, world.git.repository(repoUrl(tenant)).change(files))
    }
  }
}

function editLiveObject(world: World): void {
  const { random } = world
  const server = serverOf(world, random.pick(TENANTS))
  const objects = server.objects().filter((object) => trackingAppOf(object) !== undefined)
  if (objects.length === 0) return
  const object = random.pick(objects)
  server.edit(keyOf(object), (live) =>
    live.kind === 'Deployment'
      ? { ...live, spec: { ...(live['spec'] as object), replicas: 7 } }
      : { ...live, data: { ...(live['data'] as object), value: 'edited by hand' } },
  )
}

function deleteLiveObject(world: World): void {
  const server = serverOf(world, world.random.pick(TENANTS))
  const objects = server.objects().filter((object) => trackingAppOf(object) !== undefined)
  if (objects.length > 0) server.deleteObject(keyOf(world.random.pick(objects)))
}

function putForeignObject(world: World): void {
  const tenant = world.random.pick(TENANTS)
  const name = `foreign-${world.foreign.size}`
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data: { owner: 'somebody' },
  }
  serverOf(world, tenant).create(object)
  world.foreign.set(`${tenant} ${keyText(keyOf(object))}`, 'somebody')
}

/** Somebody makes an object his own: from now on it is not ours to delete, whatever we remember. */
function takeOverLiveObject(world: World): void {
  const server = serverOf(world, world.random.pick(TENANTS))
  const objects = server.objects().filter((object) => trackingAppOf(object) !== undefined)
  if (objects.length === 0) return
  server.edit(keyOf(world.random.pick(objects)), withoutMark)
}

const withoutMark = (live: Manifest): Manifest => ({
  ...live,
  metadata: { ...live.metadata, annotations: {} },
})

/** An object leaves Git because somebody else keeps it from now on. */
function takeOutOfGit(world: World): void {
  const { random } = world
  const tenant = random.pick(TENANTS)
  const app = random.pick(APPS)
  const server = serverOf(world, tenant)
  const extra = server.objects().find(({ metadata }) => metadata.name === `${app}-extra`)
  if (extra !== undefined) server.edit(keyOf(extra), withoutMark)
  const gone = Object.fromEntries(pathsOf(app).map((path) => [`${path}/extra.yaml`, undefined]))
  noteCommit(world, world.git.repository(repoUrl(tenant)).change(gone))
}

async function askForSync(world: World): Promise<void> {
  const { random } = world
  const tenant = random.pick(TENANTS)
  const app = random.pick(APPS)
  const id = world.ids.next()
  const now = world.clock.now()
  const operation = {
    id,
    requestedAt: now,
    initiatedBy: { username: 'admin' },
    sync: { prune: true },
  }
  const record = await requestOperation(world.state, tenant, app, { operation, now })
  if (record === undefined) return
  world.accepted.set(id, record.uid)
  await hint(world, tenant, app)
}

async function askForRefresh(world: World): Promise<void> {
  const tenant = world.random.pick(TENANTS)
  const app = world.random.pick(APPS)
  const level = world.random.pick(['look', 'observe', 'refresh', 'hard'] as const)
  const record = await wake(world.state, tenant, app, { level, now: world.clock.now() })
  if (record !== undefined) await hint(world, tenant, app)
}

async function terminateOperation(world: World): Promise<void> {
  const tenant = world.random.pick(TENANTS)
  const app = world.random.pick(APPS)
  const record = await getApplication(world.state, tenant, app)
  const operationId =
    record?.seen.running ?? (record === undefined ? undefined : requestedOperation(record)?.id)
  if (operationId === undefined) return
  await requestTermination(world.state, tenant, app, { operationId, now: world.clock.now() })
  await hint(world, tenant, app)
}

async function moveSource(world: World): Promise<void> {
  const tenant = world.random.pick(TENANTS)
  const app = world.random.pick(APPS)
  const path = world.random.pick(pathsOf(app))
  await rewrite(world, tenant, app, { path, selfHeal: world.random.chance(0.5) })
}

async function toggleSelfHeal(world: World): Promise<void> {
  const tenant = world.random.pick(TENANTS)
  const app = world.random.pick(APPS)
  await setSelfHeal(world, tenant, app, world.random.chance(0.5))
}

export async function setSelfHeal(
  world: World,
  tenant: string,
  app: string,
  selfHeal: boolean,
): Promise<void> {
  const record = await getApplication(world.state, tenant, app)
  const path = record?.spec.source?.path ?? app
  await rewrite(world, tenant, app, { path, selfHeal })
}

async function rewrite(
  world: World,
  tenant: string,
  app: string,
  wanted: { readonly path: string; readonly selfHeal: boolean },
): Promise<void> {
  const record = await getApplication(world.state, tenant, app)
  if (record === undefined) return
  await changeSpec(world.state, tenant, app, {
    spec: specOf(tenant, wanted),
    labels: {},
    annotations: {},
    generation: record.generation,
    now: world.clock.now(),
  })
  await hint(world, tenant, app)
}

async function deleteApp(world: World): Promise<void> {
  const tenant = world.random.pick(TENANTS)
  const app = world.random.pick(APPS)
  const record = await getApplication(world.state, tenant, app)
  // Deleting between the request for a sync and its start is a case of its own; see the API's tests.
  if (record === undefined || isOperating(record)) return
  await requestDeletion(world.state, tenant, app, {
    requestedAt: world.clock.now(),
    cascade: true,
    propagation: 'foreground',
  })
  world.deleted.add(nameOf(tenant, app))
  await hint(world, tenant, app)
}

async function createMissingApp(world: World): Promise<void> {
  await createApp(world, world.random.pick(TENANTS), world.random.pick(APPS))
}

function settleClusters(world: World): void {
  for (const tenant of TENANTS) serverOf(world, tenant).settle()
}

const hint = (world: World, tenant: string, app: string): Promise<void> =>
  world.post.send('app', [{ tenant, name: app }])
