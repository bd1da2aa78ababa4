import type { OperationState, Snapshot } from '../app/status.ts'
import { faultOf, traitsOf } from '../fault/fault.ts'
import { getApplication, requestedOperation, wantedLevel } from '../state/applications.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { readWhole } from '../state/whole-application.ts'
import { LATE_WRITE_MS } from '../state/rounds.ts'
import { act } from './act.ts'
import { deleteApplication } from './delete-application.ts'
import { type Look, look } from './look.ts'
import { decideAutomated, finished, operationAtHand, resumed } from './operation.ts'
import type { Ports } from './ports.ts'
import { recordFailure, recordRound } from './record.ts'
import { ROUND_DOCUMENTS, type RoundDocuments } from './round.ts'
import { subscribe } from './subscribe.ts'
import { syncStatusOf } from './summarise.ts'

/**
 * Reconciles one Application: one look at Git and at the cluster, at most one step of a sync, one
 * commit. A commit in Git, drift, a manual sync, a refresh, a rollback and a deletion all arrive
 * here; they only differ in what is wanted. A hint for which nothing is to be done costs one read.
 *
 * The stages run in this order, never back: resolve → render → observe → compare (`look`), decide,
 * act, record. Whatever is lost on the way (the worker, the lease, the hint), the next round finds
 * the Application due and observes anew (laws 1 and 4).
 */
export async function reconcileApplication(
  ports: Ports,
  tenant: string,
  name: string,
): Promise<void> {
  const known = await getApplication(ports.state, tenant, name)
  if (known === undefined) return
  const heldUntil = holdEnd(known)
  if (heldUntil > ports.clock.now()) return comeBack(ports, known, heldUntil)
  if (!isDue(known, ports.clock.now())) return
  const whole = await readWhole(ports, known, ROUND_DOCUMENTS)
  if (whole === undefined || !isDue(whole.record, ports.clock.now())) return
  const { record, documents } = whole
  if (record.deletion !== undefined) return deleteApplication(ports, record, documents)

  const outcome = await runStages(ports, record, documents)
  if (outcome !== 'overtaken') return
  const overtakes = (documents.operation?.overtakes ?? 0) + 1
  await runStages(ports, record, documents, overtakes)
}

/** One pass through the stages. With `overtakes`, the running operation gives way (law 6). */
async function runStages(
  ports: Ports,
  record: ApplicationRecord,
  documents: RoundDocuments,
  overtakes?: number,
): Promise<'done' | 'overtaken'> {
  const now = ports.clock.now()
  const level = wantedLevel(record) ?? 'look'
  const verify = now >= (record.seen.summary?.verifiedAt ?? now) + ports.intervals.verifyMs
  const atHand =
    overtakes === undefined ? operationAtHand(record, documents.operation, now) : undefined
  let operation = atHand === undefined ? undefined : resumed(atHand, now)

  let seen: Look
  try {
    await subscribe(ports, record)
    seen = await look(ports, { record, documents, level, verify, operation })
  } catch (error) {
    if (traitsOf(faultOf(error)).blame === 'system') throw error
    await recordFailure(ports, { record, documents, operation, error })
    return 'done'
  }

  const { snapshot } = seen.resolved
  if (operation !== undefined) operation = { ...operation, snapshot }
  const decision =
    operation === undefined
      ? decideAutomated(record, {
          resources: seen.resources,
          sync: syncStatusOf(seen.resources),
          snapshot,
          last: documents.operation,
          now,
          id: ports.ids.next(),
          ...(overtakes === undefined ? {} : { overtakes }),
        })
      : undefined
  if (decision?.do === 'start') operation = decision.state
  else if (overtakes !== undefined) operation = replaced(documents.operation, snapshot, now)
  const rest = decision?.do === 'rest' ? decision : {}

  const acted = await act(ports, { record, operation, seen })
  if (acted.outcome === 'lost') {
    ports.log.info('application.fence-lost', { tenant: record.tenant, app: record.name })
    return 'done'
  }
  if (acted.outcome === 'overtaken') return 'overtaken'
  // What was compared belongs to the operation; what the spec says by now is for the next look.
  const isPinned = atHand !== undefined && atHand.snapshot.revisions.length > 0
  await recordRound(ports, { documents, seen, acted, rest, verify, isPinned })
  return 'done'
}

/** An unfinished sync whose newer snapshot turned out to need none: it ends here. */
const replaced = (
  operation: OperationState | undefined,
  snapshot: Snapshot,
  now: number,
): OperationState | undefined =>
  operation === undefined
    ? undefined
    : finished(operation, 'Failed', {
        message: `replaced by revision ${snapshot.revisions.join(', ')} before it was complete`,
        now,
      })

/** When nobody else holds the Application any more; a deletion outwaits late writers, too (law 3). */
function holdEnd(record: ApplicationRecord): number {
  const { lease, strayUntil = 0 } = record.seen
  const isDeletion = record.deletion !== undefined
  const leaseEnd = lease === undefined ? 0 : lease.until + (isDeletion ? LATE_WRITE_MS : 0)
  return isDeletion ? Math.max(leaseEnd, strayUntil) : leaseEnd
}

/** The hint comes again when the lease is over, in case that its holder is dead. */
async function comeBack(ports: Ports, record: ApplicationRecord, at: number): Promise<void> {
  const delaySeconds = Math.ceil((at - ports.clock.now()) / 1000)
  await ports.queue.send('app', [{ tenant: record.tenant, name: record.name }], { delaySeconds })
}

/** Somebody asked for a look, or its time has come; and no other worker is at it. */
const isDue = (record: ApplicationRecord, now: number): boolean =>
  holdEnd(record) <= now &&
  (wantedLevel(record) !== undefined ||
    requestedOperation(record) !== undefined ||
    (record.due !== undefined && record.due <= now))
