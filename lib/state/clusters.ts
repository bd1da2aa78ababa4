import { count, dueShardOf, optionalText, present, text } from './application-item.ts'
import type { Item, ItemKey, State } from './port.ts'
import { queryAll } from './query-all.ts'
import type { ClusterRecord } from './records.ts'

/** Registered clusters, and which kinds of objects Applications keep on them. */

const PARTITION = 'CLUSTERS'
const clusterKey = (server: string): ItemKey => ({ pk: PARTITION, sk: server })

export const clusterOfKey = (key: ItemKey): string | undefined =>
  key.pk === PARTITION ? key.sk : undefined

export async function getCluster(
  state: State,
  tenant: string,
  server: string,
): Promise<ClusterRecord | undefined> {
  const item = await state.get(tenant, clusterKey(server))
  return item === undefined ? undefined : decode(tenant, item)
}

export async function listClusters(
  state: State,
  tenant: string,
): Promise<readonly ClusterRecord[]> {
  const items = await queryAll(state, tenant, { pk: PARTITION })
  return items.map((item) => decode(tenant, item))
}

/** Registers a cluster, or changes how it is reached; its first sweep is due at once. */
export async function putCluster(
  state: State,
  tenant: string,
  cluster: Pick<ClusterRecord, 'server' | 'name' | 'connection'>,
  now: number,
): Promise<ClusterRecord> {
  const item = await state.update(tenant, clusterKey(cluster.server), {
    set: {
      name: cluster.name,
      connection: cluster.connection,
      due: now,
      dueShard: dueShardOf(tenant, cluster.server),
    },
  })
  return decode(tenant, item ?? clusterKey(cluster.server))
}

/** Begins a sweep by making the next one due. `undefined` when the cluster was removed. */
export async function beginSweep(
  state: State,
  tenant: string,
  server: string,
  due: number,
): Promise<ClusterRecord | undefined> {
  const item = await state.update(tenant, clusterKey(server), {
    set: { due, dueShard: dueShardOf(tenant, server) },
    condition: { attribute: 'connection', exists: true },
  })
  return item === undefined ? undefined : decode(tenant, item)
}

/** Records whether the cluster answered: its version, or the error. */
export async function recordContact(
  state: State,
  record: ClusterRecord,
  contact: { readonly serverVersion?: string; readonly error?: string; readonly at: number },
): Promise<void> {
  await state.update(record.tenant, clusterKey(record.server), {
    set: {
      attemptedAt: contact.at,
      ...present('serverVersion', contact.serverVersion),
      ...present('error', contact.error),
    },
    ...(contact.error === undefined ? { remove: ['error'] } : {}),
    condition: { attribute: 'connection', exists: true },
  })
}

export interface SweptKind {
  readonly group: string
  readonly kind: string
  /** Digest of the blob with what the last complete list showed; absent before the first sweep. */
  readonly seen?: string
}

/** Notes that Applications keep objects of these kinds on the cluster, so that sweeps list them. */
export async function addSweptKinds(
  state: State,
  tenant: string,
  server: string,
  kinds: readonly Pick<SweptKind, 'group' | 'kind'>[],
): Promise<void> {
  for (const kind of kinds) {
    await state.update(tenant, sweptKindKey(server, kind), {
      set: { group: kind.group, kind: kind.kind },
    })
  }
}

export async function sweptKinds(
  state: State,
  tenant: string,
  server: string,
): Promise<readonly SweptKind[]> {
  const { pk } = sweptKindKey(server, { group: '', kind: '' })
  const items = await queryAll(state, tenant, { pk })
  return items.map((item) => ({
    group: text(item, 'group'),
    kind: text(item, 'kind'),
    ...present('seen', optionalText(item, 'seen')),
  }))
}

export async function recordSweep(
  state: State,
  tenant: string,
  server: string,
  kind: SweptKind,
): Promise<void> {
  await state.update(tenant, sweptKindKey(server, kind), {
    set: { seen: kind.seen },
    condition: { attribute: 'kind', exists: true },
  })
}

/** An Application is about to create objects on the cluster. */
export interface Creation {
  readonly id: string
  readonly app: string
  readonly at: number
}

/**
 * Notes that an Application creates objects, before it does. What is created and deleted again
 * between two sweeps is in neither list: the next sweep looks for it by these notes.
 */
export async function noteCreation(
  state: State,
  tenant: string,
  server: string,
  creation: Creation,
): Promise<void> {
  await state.put(tenant, {
    ...creationKey(server, creation.id),
    app: creation.app,
    at: creation.at,
  })
}

export async function notedCreations(
  state: State,
  tenant: string,
  server: string,
): Promise<readonly Creation[]> {
  const { pk } = creationKey(server, '')
  const items = await queryAll(state, tenant, { pk, skPrefix: CREATION })
  return items.map((item) => ({
    id: item.sk.slice(CREATION.length),
    app: text(item, 'app'),
    at: count(item, 'at'),
  }))
}

export async function forgetCreations(
  state: State,
  tenant: string,
  server: string,
  creations: readonly Creation[],
): Promise<void> {
  if (creations.length === 0) return
  const writes = creations.map(({ id }) => ({ delete: creationKey(server, id) }))
  await state.writeMany(tenant, writes)
}

const CREATION = 'NEW#'
const creationKey = (server: string, id: string): ItemKey => ({
  pk: `CLUSTER#${server}`,
  sk: `${CREATION}${id}`,
})

const sweptKindKey = (server: string, kind: Pick<SweptKind, 'group' | 'kind'>): ItemKey => ({
  pk: `CLUSTER#${server}`,
  sk: `KIND#${kind.group}/${kind.kind}`,
})

function decode(tenant: string, item: Item | ItemKey): ClusterRecord {
  const stored: Item = { ...item }
  return {
    tenant,
    server: stored.sk,
    name: text(stored, 'name'),
    connection: text(stored, 'connection'),
    ...present('due', stored['due'] === undefined ? undefined : count(stored, 'due')),
    ...present('serverVersion', optionalText(stored, 'serverVersion')),
    ...present('error', optionalText(stored, 'error')),
    ...present('attemptedAt', numberOf(stored, 'attemptedAt')),
  }
}

const numberOf = (item: Item, attribute: string): number | undefined =>
  typeof item[attribute] === 'number' ? item[attribute] : undefined
