import { type OperationState, isFinished } from '../app/status.ts'
import { faultOf, traitsOf } from '../fault/fault.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { REPLACED_IN_A_ROW_MAX } from '../sync/operation-limits.ts'
import type { Look } from './look.ts'
import type { Ports } from './ports.ts'
import { resolve } from './resolve.ts'
import { type StepTaken, takeStep } from './take-step.ts'

/** What a round has to record: a step that was taken, or that there was none to take. */
export type Acted = Extract<StepTaken, { outcome: 'done' }> | Rested

interface Rested {
  readonly outcome: 'done'
  readonly record: ApplicationRecord
  readonly operation?: OperationState
  readonly resources: Look['resources']
  readonly inventory: Look['inventory']
  readonly due?: number
}

/**
 * Stage 6. Goes on with the operation, if there is one and its time has come. 'overtaken' when a
 * newer snapshot is to replace an automated one that is between waves or attempts (law 6).
 */
export async function act(
  ports: Ports,
  round: {
    readonly record: ApplicationRecord
    readonly operation: OperationState | undefined
    readonly seen: Look
  },
): Promise<Acted | Exclude<StepTaken, { outcome: 'done' }>> {
  const { record, operation, seen } = round
  const { resources, inventory, server } = seen
  const resting = { outcome: 'done', record, resources, inventory } as const
  if (operation === undefined) return resting
  if (isFinished(operation.phase)) return { ...resting, operation }

  const isTerminated = record.terminate === operation.operation.id
  const mayBeOvertaken = !isTerminated && (await isOvertaken(ports, record, operation))
  if (operation.retryAt !== undefined && !isTerminated) {
    return mayBeOvertaken
      ? { outcome: 'overtaken' }
      : { ...resting, operation, due: operation.retryAt }
  }
  return takeStep(ports, seen.cluster, {
    record,
    server,
    operation,
    resources,
    inventory,
    mayBeOvertaken,
  })
}

/** A newer snapshot is known, and this automated sync has not given way too often (law 6). */
async function isOvertaken(
  ports: Ports,
  record: ApplicationRecord,
  operation: OperationState,
): Promise<boolean> {
  const isCandidate =
    operation.operation.initiatedBy.automated === true &&
    (operation.results.length > 0 || operation.retryAt !== undefined) &&
    (operation.overtakes ?? 0) < REPLACED_IN_A_ROW_MAX
  if (!isCandidate) return false
  try {
    const newest = await resolve(ports, record, { fresh: false })
    return newest.snapshot.revisions.join() !== operation.snapshot.revisions.join()
  } catch (error) {
    // The spec names nothing that can be synced now: then the sync that runs is the newest there is.
    if (traitsOf(faultOf(error)).blame === 'user') return false
    throw error
  }
}
