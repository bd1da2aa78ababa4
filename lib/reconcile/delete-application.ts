import { describeFault, faultOf, traitsOf } from '../fault/fault.ts'
import { isOwnedBy } from '../manifest/tracking.ts'
import type { Cluster, KindInfo } from '../cluster/port.ts'
import { mapPool } from '../std/pool.ts'
import { allDocumentKeys, dropDocuments, type InventoryEntry } from '../state/documents.ts'
import type { ApplicationRecord, Deletion, Summary } from '../state/records.ts'
import { commitRound, removeApplication, takeLease } from '../state/rounds.ts'
import { REQUESTS_AT_ONCE } from './observe.ts'
import { findCluster, openCluster } from './open-cluster.ts'
import type { Ports } from './ports.ts'
import type { RoundDocuments } from './round.ts'
import { subscriptionsOf, unsubscribe } from './subscribe.ts'
import { summarise } from './summarise.ts'

/** Pause before it is looked again whether the deleted objects are gone; also after a failure. */
export const DELETION_WAIT_MS = 1_000
export const DELETION_FAILURE_WAIT_MS = 30_000

/**
 * Deletes an Application. With cascade, first everything of its inventory that provably is its own
 * (law 7), again and again until all of it is gone; then its record. A cluster that is not
 * registered any more ends the cascade (Argo CD 6.12).
 */
export async function deleteApplication(
  ports: Ports,
  record: ApplicationRecord,
  documents: RoundDocuments,
): Promise<void> {
  const { deletion } = record
  if (deletion === undefined) return
  const inventory = documents.inventory ?? []
  if (!deletion.cascade || inventory.length === 0) return finish(ports, record)

  const leased = await takeLease(ports.state, record, {
    owner: ports.ids.next(),
    now: ports.clock.now(),
    documents: record.seen.documents,
  })
  if (leased === undefined) return
  try {
    const registered = await findCluster(ports, record.tenant, record.spec.destination)
    const cluster = await openCluster(ports, registered)
    const left = await mapPool(inventory, REQUESTS_AT_ONCE, (entry) =>
      deleteObject(cluster, { app: record.name, entry, deletion }),
    )
    const remaining = left.filter((entry) => entry !== undefined)
    if (remaining.length === 0) return await finish(ports, leased)
    await waitOn(ports, leased, { message: undefined, waitMs: DELETION_WAIT_MS })
  } catch (error) {
    const fault = faultOf(error)
    if (fault.code === 'ClusterNotRegistered') return finish(ports, leased)
    if (traitsOf(fault).blame === 'system') throw error
    await waitOn(ports, leased, { message: describeFault(fault), waitMs: DELETION_FAILURE_WAIT_MS })
  }
}

/** Deletes one object and answers it while it may still be there; `undefined` when it is gone or not ours. */
async function deleteObject(
  cluster: Cluster,
  request: { readonly app: string; readonly entry: InventoryEntry; readonly deletion: Deletion },
): Promise<InventoryEntry | undefined> {
  const { key, version } = request.entry
  const info = await cluster.kind(key.group === '' ? version : `${key.group}/${version}`, key.kind)
  if (info === undefined) return undefined
  const live = await cluster.get(info, key.namespace, key.name)
  if (live === undefined || !isOwnedBy(live, request.app)) return undefined
  if (live.metadata.deletionTimestamp === undefined) {
    await removeUnlessMoved(cluster, info, { ...request, live })
  }
  return request.entry
}

async function removeUnlessMoved(
  cluster: Cluster,
  info: KindInfo,
  request: {
    readonly entry: InventoryEntry
    readonly deletion: Deletion
    readonly live: {
      readonly metadata: { readonly uid?: string; readonly resourceVersion?: string }
    }
  },
): Promise<void> {
  try {
    await cluster.remove(info, request.entry.key, {
      uid: request.live.metadata.uid ?? '',
      resourceVersion: request.live.metadata.resourceVersion ?? '',
      propagation: request.deletion.propagation,
    })
  } catch (error) {
    const fault = faultOf(error)
    // The object moved since it was read: the next round reads it again (law 3).
    if (fault.code !== 'KubernetesError' || fault.status !== 409) throw error
  }
}

async function waitOn(
  ports: Ports,
  record: ApplicationRecord,
  wait: { readonly message: string | undefined; readonly waitMs: number },
): Promise<void> {
  const now = ports.clock.now()
  const before = record.seen.summary
  const summary: Summary = {
    ...summarise(before, {
      sync: before?.sync ?? 'Unknown',
      health: { status: 'Progressing', message: 'Pending deletion' },
      snapshot: before?.snapshot,
      findings:
        wait.message === undefined ? [] : [{ type: 'DeletionError', message: wait.message }],
      sourceTypes: before?.sourceTypes ?? [],
      images: before?.images ?? [],
      operation: before?.operation,
      verifiedAt: before?.verifiedAt ?? now,
      now,
    }),
    subscriptions: before?.subscriptions ?? [],
    ...(before?.swept === undefined ? {} : { swept: before.swept }),
  }
  const due = now + wait.waitMs
  await commitRound(ports.state, record, { summary, documents: record.seen.documents, due, now })
  await ports.queue.send('app', [{ tenant: record.tenant, name: record.name }], {
    delaySeconds: Math.ceil(wait.waitMs / 1000),
  })
}

async function finish(ports: Ports, record: ApplicationRecord): Promise<void> {
  const isRemoved = await removeApplication(ports.state, record)
  if (!isRemoved) return
  await dropDocuments(ports.state, record.tenant, allDocumentKeys(record))
  const stale = [...(record.seen.summary?.subscriptions ?? []), ...subscriptionsOf(record)]
  await unsubscribe(ports, record, stale)
  ports.log.info('application.deleted', { tenant: record.tenant, app: record.name })
}
