import type { Cluster, KindInfo } from '../../lib/cluster/port.ts'
import { ArgosyError, type Fault } from '../../lib/fault/fault.ts'
import type { Git, Ref } from '../../lib/git/port.ts'
import { keyOf, keyText, type ResourceKey } from '../../lib/manifest/key.ts'
import { trackingAppOf } from '../../lib/manifest/tracking.ts'
import type { Ports } from '../../lib/reconcile/ports.ts'
import { decodeApplication, applicationKey } from '../../lib/state/application-item.ts'
import { readDocuments } from '../../lib/state/documents.ts'
import type { Item, ItemKey, State } from '../../lib/state/port.ts'
import { checkOperations } from './operation-laws.ts'
import type { Invocation } from './scheduler.ts'
import { clusterUrl, INTERVALS, nameOf, orderOfCommit, type World } from './world.ts'

/** How often a request fails while things are rough. */
const FAIL = 0.01
const LAG = 0.2
/** How often an object cannot be read although the cluster answers. */
const FORBIDDEN = 0.02
const STALE_REFS = 0.1

/**
 * The ports of one invocation: every call is a point at which the scheduler may stop it, before
 * and after it took effect, and at which it may fail; and every call is held against the laws.
 */
export function watchedPorts(world: World, invocation: Invocation): Ports {
  const call: Watcher['call'] = async (name, effect, fault) => {
    const say = (what: string): void =>
      world.trace(() => `${invocation.id} ${invocation.name}: ${name()}${what}`)
    await world.scheduler.turn(invocation)
    const fails = world.isRough && fault !== undefined && world.random.chance(FAIL)
    const failsAfter = fails && world.random.chance(0.5)
    if (fails && !failsAfter && fault !== undefined) {
      say(' fails before')
      throw new ArgosyError(fault)
    }
    const result = await effect()
    world.trace(() => `${invocation.id} ${invocation.name}: ${name()} = ${JSON.stringify(result)}`)
    // Between an effect and its answer somebody may die; when all is calm nobody does.
    if (world.isRough) await world.scheduler.turn(invocation)
    if (failsAfter && fault !== undefined) {
      say(' fails after')
      throw new ArgosyError(fault)
    }
    return result
  }
  const watcher = { world, call }
  return {
    state: watchState(watcher),
    queue: {
      send: (...args) => call(told('send', args), () => world.post.send(...args), THROTTLED),
    },
    blobs: {
      put: (...args) =>
        call(told('blobs.put', args.slice(0, 2)), () => world.blobs.put(...args), THROTTLED),
      get: (...args) => call(told('blobs.get', args), () => world.blobs.get(...args), THROTTLED),
    },
    secrets: world.secrets,
    clock: world.clock,
    ids: world.ids,
    git: watchGit(watcher),
    clusters: {
      connect: (tenant, connection) => {
        if (connection.server !== clusterUrl(tenant)) {
          world.violations.add(`law 10: ${tenant} connects to ${connection.server}`)
        }
        return watchCluster(watcher, tenant, world.clusters.connect(tenant, connection))
      },
      close: async () => {},
    },
    log: world.log,
    intervals: INTERVALS,
  }
}

interface Watcher {
  readonly world: World
  /** Does what `name` says, at two turns of the scheduler; fails with `fault` now and then. */
  readonly call: <T>(name: () => string, effect: () => Promise<T>, fault?: Fault) => Promise<T>
}

const told = (name: string, args: readonly unknown[]) => (): string =>
  `${name} ${JSON.stringify(args)}`

const THROTTLED: Fault = { code: 'Throttled', service: 'simulation' }

function watchState({ world, call }: Watcher): State {
  const { state } = world
  /** The newest round that this invocation saw of each Application. */
  const rounds = new Map<string, number>()
  const noteRound = (tenant: string, item: Item | undefined): void => {
    if (item?.pk === 'APPS') rounds.set(nameOf(tenant, item.sk), Number(item['round'] ?? 0))
  }
  return {
    get: (tenant, key) =>
      call(
        told('state.get', [tenant, key]),
        async () => {
          const item = await state.get(tenant, key)
          noteRound(tenant, item)
          return item
        },
        THROTTLED,
      ),
    getMany: (...args) =>
      call(told('state.getMany', args), () => state.getMany(...args), THROTTLED),
    put: (...args) => call(told('state.put', args), () => state.put(...args), THROTTLED),
    query: (...args) => call(told('state.query', args), () => state.query(...args), THROTTLED),
    writeMany: (...args) =>
      call(told('state.writeMany', args), () => state.writeMany(...args), THROTTLED),
    delete: (tenant, key, condition) =>
      call(
        told('state.delete', [tenant, key, condition]),
        async () => {
          const before = await state.get(tenant, key)
          const isDone = await state.delete(tenant, key, condition)
          if (isDone && key.pk === 'APPS') checkRound(world, rounds, { tenant, key, before })
          return isDone
        },
        THROTTLED,
      ),
    update: (tenant, key, change) =>
      call(
        told('state.update', [tenant, key, change]),
        async () => {
          const before = await state.get(tenant, key)
          const after = await state.update(tenant, key, change)
          if (after !== undefined && key.pk === 'APPS') {
            world.changedAt = world.clock.now()
            if (change.add?.['round'] !== undefined)
              checkRound(world, rounds, { tenant, key, before })
            checkItem(world, tenant, before, after)
            const isNews = before?.['documents'] !== after['documents']
            if (isNews || before?.['running'] !== after['running'])
              await checkOperations(world, tenant, before, after)
          }
          noteRound(tenant, after)
          return after
        },
        THROTTLED,
      ),
    dueNow: (shard, now, limit) =>
      call(
        told('state.dueNow', [shard]),
        async () => {
          const entries = await state.dueNow(shard, now, limit)
          // An index lags: it may not show yet what was written a moment ago.
          return world.isRough ? entries.filter(() => !world.random.chance(LAG)) : entries
        },
        THROTTLED,
      ),
  }
}

/** Law 2: who writes a round must have seen the newest one. */
function checkRound(
  world: World,
  rounds: ReadonlyMap<string, number>,
  write: { readonly tenant: string; readonly key: ItemKey; readonly before: Item | undefined },
): void {
  const name = nameOf(write.tenant, write.key.sk)
  const stored = Number(write.before?.['round'] ?? 0)
  if (rounds.get(name) !== stored) {
    world.violations.add(`law 2: ${name} was written by a worker that saw an older round`)
  }
}

/** Laws 1, 2 and 5 on an Application's item. */
function checkItem(world: World, tenant: string, before: Item | undefined, after: Item): void {
  const name = nameOf(tenant, after.sk)
  const record = decodeApplication(tenant, after)
  const { due = Infinity } = record
  const soon = Math.max(world.clock.now(), record.seen.lease?.until ?? 0)
  if (record.wanted.look > record.seen.looks.look && due > soon) {
    world.violations.add(`law 1: ${name} is wanted but not due`)
  }
  if (record.seen.looks.look > record.wanted.look) {
    world.violations.add(`law 1: ${name} has seen more than was wanted`)
  }
  if (before === undefined || before['uid'] !== after['uid']) return
  const orderOf = (item: Item): number => {
    const { summary } = decodeApplication(tenant, item).seen
    return orderOfCommit(world, summary?.snapshot?.revisions[0])
  }
  if (orderOf(after) < orderOf(before)) {
    world.violations.add(`law 5: ${name} went back to an older snapshot`)
  }
}

function watchGit({ world, call }: Watcher): Git {
  const { git } = world
  const unreachable = { code: 'RepositoryUnreachable', repo: 'mono', detail: 'simulated' } as const
  const stale = new Map<string, readonly Ref[]>()
  const checkTenant = (tenant: string, url: string): void => {
    if (!url.includes(`/${tenant}/`)) world.violations.add(`law 10: ${tenant} reads ${url}`)
  }
  return {
    listRefs: (tenant, repo, prefixes) =>
      call(
        told('git.listRefs', [tenant, prefixes]),
        async () => {
          checkTenant(tenant, repo.url)
          const fresh = await git.listRefs(tenant, repo, prefixes)
          const old = stale.get(tenant)
          stale.set(tenant, fresh)
          // A replica of the host that lags answers what was true before.
          return world.isRough && old !== undefined && world.random.chance(STALE_REFS) ? old : fresh
        },
        unreachable,
      ),
    expandSha: (...args) =>
      call(told('git.expandSha', args), () => git.expandSha(...args), unreachable),
    treeAt: (...args) => call(told('git.treeAt', args), () => git.treeAt(...args), unreachable),
    changedDirectories: (...args) =>
      call(
        told('git.changedDirectories', args),
        () => git.changedDirectories(...args),
        unreachable,
      ),
    readDirectory: (...args) =>
      call(told('git.readDirectory', args), () => git.readDirectory(...args), unreachable),
    commitInfo: (...args) =>
      call(told('git.commitInfo', args), () => git.commitInfo(...args), unreachable),
  }
}

function watchCluster({ world, call }: Watcher, tenant: string, cluster: Cluster): Cluster {
  const forbidden = {
    code: 'KubernetesError',
    status: 403,
    reason: 'Forbidden',
    message: 'simulated',
  } as const
  const unreachable = {
    code: 'ClusterUnreachable',
    cluster: 'simulated',
    detail: 'simulated',
  } as const
  /** What this invocation last saw of an object: its version, or that it is absent. */
  const seen = new Map<string, string | undefined>()
  const live = (key: ResourceKey) => world.clusters.server(clusterUrl(tenant)).read(key)

  return {
    version: () => call(told('cluster.version', []), () => cluster.version(), unreachable),
    kind: (...args) => cluster.kind(...args),
    kindOf: (...args) => cluster.kindOf(...args),
    refreshKinds: () => cluster.refreshKinds(),
    get: (info, namespace, name) =>
      call(
        told('cluster.get', [tenant, info.kind, name]),
        async () => {
          if (world.isRough && world.random.chance(FORBIDDEN)) throw new ArgosyError(forbidden)
          const object = await cluster.get(info, namespace, name)
          seen.set(`${info.kind}/${name}`, object?.metadata.resourceVersion)
          return object
        },
        unreachable,
      ),
    listMetadata: (info) =>
      call(
        told('cluster.listMetadata', [tenant, info.kind]),
        () => cluster.listMetadata(info),
        unreachable,
      ),
    list: (...args) => call(told('cluster.list', args), () => cluster.list(...args), unreachable),
    patch: (info: KindInfo, ...args) =>
      call(
        told('cluster.patch', [tenant, info.kind]),
        () => cluster.patch(info, ...args),
        unreachable,
      ),
    apply: (info, target, options) =>
      call(
        told('cluster.apply', [
          tenant,
          options.dryRun,
          keyText(keyOf(target)),
          options.observed?.metadata.resourceVersion,
        ]),
        async () => {
          const key = keyOf(target)
          const app = trackingAppOf(target)
          if (options.dryRun !== true) {
            const name = `${key.kind}/${key.name}`
            const was = seen.get(name)
            if (!seen.has(name) && live(key) !== undefined) {
              world.violations.add(`law 3: ${keyText(key)} was applied without looking at it`)
            }
            if (was !== undefined && options.observed?.metadata.resourceVersion === undefined) {
              world.violations.add(`law 3: ${keyText(key)} was applied without a precondition`)
            }
            await checkInventory(world, tenant, app, key)
            checkTarget(world, tenant, target['data'])
          }
          const outcome = await cluster.apply(info, target, options)
          if (options.dryRun !== true)
            seen.set(`${key.kind}/${key.name}`, outcome.object.metadata.resourceVersion)
          return outcome
        },
        unreachable,
      ),
    remove: (info, key, options) =>
      call(
        told('cluster.remove', [tenant, keyText(key), options]),
        async () => {
          const object = live(key)
          const isForeign = object !== undefined && trackingAppOf(object) === undefined
          const isSame = object?.metadata.resourceVersion === options.resourceVersion
          if (options.uid === '' || options.resourceVersion === '') {
            world.violations.add(`law 3: ${keyText(key)} was deleted without a precondition`)
          }
          const outcome = await cluster.remove(info, key, options)
          if (isForeign) world.violations.add(`law 7: ${keyText(key)} is not ours and was deleted`)
          if (object !== undefined && !isSame) {
            world.violations.add(`law 3: ${keyText(key)} was deleted in a version nobody looked at`)
          }
          return outcome
        },
        unreachable,
      ),
  }
}

/** Law 7: what is applied is in the inventory already, and that is durable. */
async function checkInventory(
  world: World,
  tenant: string,
  app: string | undefined,
  key: ResourceKey,
): Promise<void> {
  const item = app === undefined ? undefined : await world.state.get(tenant, applicationKey(app))
  if (item === undefined) return
  const record = decodeApplication(tenant, item)
  const { inventory = [] } = await readDocuments(world, record, ['inventory'])
  if (!inventory.some((entry) => keyText(entry.key) === keyText(key))) {
    world.violations.add(`law 7: ${keyText(key)} was applied before the inventory named it`)
  }
}

/** Law 10: nobody applies another tenant's manifests. */
function checkTarget(world: World, tenant: string, data: unknown): void {
  const owner = (data as { readonly tenant?: string } | undefined)?.tenant
  if (owner !== undefined && owner !== tenant) {
    world.violations.add(`law 10: ${tenant} applies a manifest of ${owner}`)
  }
}
