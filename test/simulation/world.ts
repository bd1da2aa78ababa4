import type { Clock, Ids } from '../../lib/clock/port.ts'
import { createMemoryClusters, type MemoryClusters } from '../../lib/cluster/memory-cluster.ts'
import type { MemoryServer } from '../../lib/cluster/memory-server.ts'
import { createMemoryGit, type MemoryGit } from '../../lib/git/memory-git.ts'
import type { Blobs } from '../../lib/blobs/port.ts'
import { createMemoryBlobs } from '../../lib/blobs/memory-blobs.ts'
import { connectionPurpose } from '../../lib/reconcile/open-cluster.ts'
import type { Intervals, Logger } from '../../lib/reconcile/ports.ts'
import type { Secrets } from '../../lib/secrets/port.ts'
import { putCluster } from '../../lib/state/clusters.ts'
import { createMemoryState } from '../../lib/state/memory-state.ts'
import type { State } from '../../lib/state/port.ts'
import type { SeenOperations } from './operation-laws.ts'
import { createPost, type Post } from './post.ts'
import { createRandom, type Random } from './random.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { initialFiles } from './manifests.ts'

export const TENANTS = ['acme', 'umbrella'] as const
export const APPS = ['a', 'b', 'c'] as const
export const SERVER = 'https://kubernetes.default.svc'
export const INTERVALS: Intervals = { repositoryMs: 10_000, sweepMs: 60_000, verifyMs: 3_600_000 }

/** The whole system on memory adapters, and all that is known about what should be true of it. */
export interface World {
  readonly seed: number
  readonly random: Random
  readonly scheduler: Scheduler
  readonly clock: Clock & { advance(ms: number): void }
  readonly ids: Ids
  readonly state: State
  readonly blobs: Blobs
  readonly git: MemoryGit
  readonly clusters: MemoryClusters
  readonly secrets: Secrets
  readonly post: Post
  readonly log: Logger
  /** Tells a person who replays a seed what happens; nothing is said otherwise. */
  readonly trace: (line: () => string) => void
  /** Every message says which law was broken and by what. */
  readonly violations: Set<string>
  /** Commits of a tenant's repository in the order in which they were made. */
  readonly commits: Map<string, number>
  /** Objects that people put beside those of Applications: nobody may touch them. */
  readonly foreign: Map<string, string>
  /** Operations that were accepted: id → uid of the Application. */
  readonly accepted: Map<string, string>
  /** What happened to the operations of an Application, by its uid. */
  readonly operations: Map<string, SeenOperations>
  /** Applications that people deleted and that have to be gone in the end. */
  readonly deleted: Set<string>
  /** Things go wrong; false once the faults have stopped. */
  isRough: boolean
  /** When an Application's item was last written. */
  changedAt: number
}

export async function createWorld(seed: number, tell?: (line: string) => void): Promise<World> {
  const random = createRandom(seed)
  const clock = createClock()
  const ids = createIds()
  const world: World = {
    seed,
    random,
    clock,
    ids,
    scheduler: createScheduler(random, () => clock.now()),
    state: createMemoryState(),
    blobs: createMemoryBlobs(),
    git: createMemoryGit(),
    clusters: createMemoryClusters({ clock, ids }),
    secrets: createPlainSecrets(),
    post: createPost(random, () => clock.now()),
    trace: (line) => tell?.(`${clock.now() - BEGIN} ${line()}`),
    log: {
      info: (event, fields) => world.trace(() => `log ${event} ${JSON.stringify(fields)}`),
      error: (event, fields) => world.trace(() => `log ${event} ${JSON.stringify(fields)}`),
    },
    violations: new Set(),
    commits: new Map(),
    foreign: new Map(),
    accepted: new Map(),
    operations: new Map(),
    deleted: new Set(),
    isRough: true,
    changedAt: 0,
  }
  for (const tenant of TENANTS) await prepareTenant(world, tenant)
  return world
}

/** The directories that an Application may be rendered from. */
export const pathsOf = (app: string): readonly [string, string] => [app, `${app}-two`]

export const repoUrl = (tenant: string): string => `https://git.example.com/${tenant}/mono`
export const clusterUrl = (tenant: string): string => `https://${tenant}.cluster.example.com`
export const serverOf = (world: World, tenant: string): MemoryServer =>
  world.clusters.server(clusterUrl(tenant))
export const nameOf = (tenant: string, app: string): string => `${tenant}/${app}`

/** Notes a commit, so that going back in time can be noticed. */
export function noteCommit(world: World, commit: string): void {
  if (!world.commits.has(commit)) world.commits.set(commit, world.commits.size)
  world.trace(() => `somebody: pushes ${commit.slice(0, 8)}, number ${world.commits.get(commit)}`)
}

/** How new a commit is; -1 for one that nobody made. */
export const orderOfCommit = (world: World, commit: string | undefined): number =>
  world.commits.get(commit ?? '') ?? -1

async function prepareTenant(world: World, tenant: string): Promise<void> {
  const files = Object.assign(
    {},
    ...APPS.flatMap((app) => pathsOf(app).map((path) => initialFiles(tenant, app, path))),
  ) as Record<string, string>
  noteCommit(world, world.git.repository(repoUrl(tenant)).commit({ files }))
  serverOf(world, tenant).create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'default' },
  })
  const connection = await world.secrets.seal(
    tenant,
    connectionPurpose(SERVER),
    JSON.stringify({ server: clusterUrl(tenant) }),
  )
  const cluster = { server: SERVER, name: 'in-cluster', connection }
  await putCluster(world.state, tenant, cluster, world.clock.now())
}

const BEGIN = 1_767_225_600_000

function createClock(): World['clock'] {
  let now = BEGIN
  return {
    now: () => now,
    advance: (ms) => void (now += ms),
  }
}

function createIds(): Ids {
  let sequence = 0
  return { next: () => `id-${++sequence}` }
}

/** Web Crypto works in threads, whose order no seed decides; sealing proves itself elsewhere. */
function createPlainSecrets(): Secrets {
  return {
    seal: async (tenant, purpose, plain) => JSON.stringify([tenant, purpose, plain]),
    async open(tenant, purpose, sealed) {
      const [forTenant, forPurpose, plain] = JSON.parse(sealed) as [string, string, string]
      if (forTenant !== tenant || forPurpose !== purpose)
        throw new Error('sealed for somebody else')
      return plain
    },
  }
}
