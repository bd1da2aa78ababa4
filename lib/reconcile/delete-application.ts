import type { Cluster, KindInfo } from '../cluster/port.ts'
import { describeFault, faultOf, traitsOf } from '../fault/fault.ts'
import { annotation, type Manifest } from '../manifest/manifest.ts'
import { isProvenOwn } from '../manifest/tracking.ts'
import { getCluster } from '../state/clusters.ts'
import { allDocumentKeys, dropDocuments, type InventoryEntry } from '../state/documents.ts'
import type { ApplicationRecord, Deletion, Summary } from '../state/records.ts'
import { commitRound, removeApplication, takeLease } from '../state/rounds.ts'
import { mapPool } from '../std/pool.ts'
import { objectName } from '../sync/results.ts'
import { type Permission, syncOptionsOf } from '../sync/sync-options.ts'
import { waveOf } from '../sync/waves.ts'
import { REQUESTS_AT_ONCE } from './observe.ts'
import { openCluster } from './open-cluster.ts'
import type { Ports } from './ports.ts'
import type { RoundDocuments } from './round.ts'
import { subscriptionsOf, unsubscribe } from './subscribe.ts'
import { summarise } from './summarise.ts'

/** Pause before it is looked again whether the deleted objects are gone; also after a failure. */
export const DELETION_WAIT_MS = 1_000
export const DELETION_FAILURE_WAIT_MS = 30_000

/** A person's leave to delete what is marked `Delete=confirm` (Argo CD 1.12). */
const APPROVED_ANNOTATION = 'argocd.argoproj.io/deletion-approved'
const KEEP_ANNOTATION = 'helm.sh/resource-policy'

/**
 * Deletes an Application. With cascade, first everything of its inventory that provably is its own
 * (law 7), the highest wave first, again and again until all of it is gone; then its record. What
 * is marked `Delete=false` stays. A cluster that is not registered any more ends the cascade there
 * (Argo CD 6.12).
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
    const found = await mapPool(inventory, REQUESTS_AT_ONCE, (entry) =>
      findDoomed(ports, record, entry),
    )
    const doomed = found.filter((object) => object !== undefined)
    if (doomed.length === 0) return await finish(ports, leased)
    const unconfirmed = doomed.filter((object) => needsLeave(record, object))
    if (unconfirmed.length > 0) return await waitOn(ports, leased, leaveMissing(unconfirmed))

    const wave = doomed.reduce((highest, object) => Math.max(highest, object.wave), -Infinity)
    const batch = doomed.filter((object) => object.wave === wave)
    await mapPool(batch, REQUESTS_AT_ONCE, (object) => removeUnlessMoved(object, deletion))
    await waitOn(ports, leased, { message: undefined, waitMs: DELETION_WAIT_MS })
  } catch (error) {
    const fault = faultOf(error)
    if (traitsOf(fault).blame === 'system') throw error
    await waitOn(ports, leased, { message: describeFault(fault), waitMs: DELETION_FAILURE_WAIT_MS })
  }
}

/** A live object that has to go. */
interface Doomed {
  readonly cluster: Cluster
  readonly info: KindInfo
  readonly entry: InventoryEntry
  readonly live: Manifest
  readonly wave: number
  readonly leave: Permission
}

/** The live object behind an entry; `undefined` when it is gone, not ours, or to be kept. */
async function findDoomed(
  ports: Ports,
  record: ApplicationRecord,
  entry: InventoryEntry,
): Promise<Doomed | undefined> {
  const { key, version, server } = entry
  const registered = await getCluster(ports.state, record.tenant, server)
  if (registered === undefined) return undefined
  const cluster = await openCluster(ports, registered)
  const info = await cluster.kind(key.group === '' ? version : `${key.group}/${version}`, key.kind)
  if (info === undefined) return undefined
  const live = await cluster.get(info, key.namespace, key.name)
  if (live === undefined || !isProvenOwn(live, record.name)) return undefined

  const leave = syncOptionsOf(live, record.spec.syncPolicy?.syncOptions).delete
  const isKept = leave === 'no' || annotation(live, KEEP_ANNOTATION) === 'keep'
  return isKept ? undefined : { cluster, info, entry, live, wave: waveOf(live), leave }
}

const needsLeave = (record: ApplicationRecord, { leave, live }: Doomed): boolean =>
  leave === 'confirm' &&
  live.metadata.deletionTimestamp === undefined &&
  record.annotations[APPROVED_ANNOTATION] === undefined

const leaveMissing = (objects: readonly Doomed[]) => ({
  message: `waiting for confirmation to delete ${objects.map(({ entry }) => objectName(entry.key)).join(', ')}; set the annotation ${APPROVED_ANNOTATION} on the application`,
  waitMs: DELETION_FAILURE_WAIT_MS,
})

async function removeUnlessMoved(doomed: Doomed, deletion: Deletion): Promise<void> {
  const { cluster, info, entry, live } = doomed
  if (live.metadata.deletionTimestamp !== undefined) return
  try {
    await cluster.remove(info, entry.key, {
      uid: live.metadata.uid ?? '',
      resourceVersion: live.metadata.resourceVersion ?? '',
      propagation: deletion.propagation,
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
  // While the record is there a crash is made good by the next round; afterwards nothing would be.
  const stale = [...(record.seen.summary?.subscriptions ?? []), ...subscriptionsOf(record)]
  await unsubscribe(ports, record, stale)
  const isRemoved = await removeApplication(ports.state, record)
  if (!isRemoved) return
  await dropDocuments(ports.state, record.tenant, allDocumentKeys(record))
  ports.log.info('application.deleted', { tenant: record.tenant, app: record.name })
}
