import { isAutomated, sourcesOf } from '../app/application.ts'
import {
  type Operation,
  type OperationPhase,
  type OperationState,
  type Snapshot,
  type SyncStatus,
  isFinished,
} from '../app/status.ts'
import { requestedOperation } from '../state/applications.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { decideAutoSync } from '../sync/auto-sync.ts'
import { beginRetry, decideRetry, finalMessage, isRetryDue } from '../sync/retry.ts'
import type { Compared } from './compared.ts'

/** The operation that this round has to go on with: the running one, or the one asked for. */
export function operationAtHand(
  record: ApplicationRecord,
  stored: OperationState | undefined,
  now: number,
): OperationState | undefined {
  if (record.seen.running !== undefined && stored?.operation.id === record.seen.running)
    return stored
  const requested = requestedOperation(record)
  return requested === undefined
    ? undefined
    : newOperation(requested, record, { snapshot: { revisions: [] }, now })
}

/** The state of an operation that just begins. */
export const newOperation = (
  operation: Operation,
  record: ApplicationRecord,
  start: { readonly snapshot: Snapshot; readonly now: number; readonly overtakes?: number },
): OperationState => ({
  operation,
  phase: 'Running',
  message: 'waiting to start',
  startedAt: start.now,
  retryCount: 0,
  snapshot: start.snapshot,
  sources: operation.sync.sources ?? sourcesOf(record.spec),
  results: [],
  ...(start.overtakes === undefined ? {} : { overtakes: start.overtakes }),
})

export const finished = (
  state: OperationState,
  phase: OperationPhase,
  end: { readonly message: string; readonly now: number },
): OperationState => ({ ...state, phase, message: end.message, finishedAt: end.now })

/**
 * Ends an attempt: for good, or, while retries are left, until the time of the next one (6.8).
 * Between attempts the operation is still running.
 */
export function endAttempt(
  state: OperationState,
  phase: 'Succeeded' | 'Failed' | 'Error',
  end: { readonly message: string; readonly now: number },
): { readonly operation: OperationState; readonly due?: number } {
  const ended = finished(state, phase, end)
  const retry = decideRetry(ended, end.now)
  return retry === undefined
    ? { operation: { ...ended, message: finalMessage(ended) } }
    : { operation: { ...ended, phase: 'Running', ...retry }, due: retry.retryAt }
}

/** The operation as this round goes on with it: one whose retry is due starts its next attempt. */
export function resumed(state: OperationState, now: number): OperationState {
  if (!isRetryDue(state, now)) return state
  const next = beginRetry(state, now)
  if (state.operation.retry?.refresh !== true) return next
  const { revisions: _old, ...sync } = state.operation.sync
  return { ...next, operation: { ...next.operation, sync }, snapshot: { revisions: [] } }
}

export type AutoDecision =
  | { readonly do: 'start'; readonly state: OperationState }
  | { readonly do: 'rest'; readonly condition?: string; readonly due?: number }

/** Whether automated sync begins now (Argo CD 6.7); asked only when no operation is at hand. */
export function decideAutomated(
  record: ApplicationRecord,
  seen: {
    readonly resources: readonly Compared[]
    readonly sync: SyncStatus
    readonly snapshot: Snapshot
    readonly last: OperationState | undefined
    readonly overtakes?: number
    readonly now: number
    readonly id: string
  },
): AutoDecision {
  if (!isAutomated(record.spec) || record.deletion !== undefined) return { do: 'rest' }
  const { last, now, snapshot } = seen
  const decision = decideAutoSync({
    spec: record.spec,
    resources: seen.resources,
    sync: seen.sync,
    snapshot,
    now,
    ...(last !== undefined && isFinished(last.phase) ? { last } : {}),
  })
  if (decision.do === 'skip') {
    return {
      do: 'rest',
      ...(decision.condition === undefined ? {} : { condition: decision.condition }),
      ...(decision.retryAt === undefined ? {} : { due: decision.retryAt }),
    }
  }
  const operation: Operation = {
    id: seen.id,
    requestedAt: now,
    initiatedBy: { automated: true },
    retry: decision.retry,
    sync: { ...decision.sync, revisions: snapshot.revisions },
  }
  const { overtakes } = seen
  const start = { snapshot, now, ...(overtakes === undefined ? {} : { overtakes }) }
  return { do: 'start', state: newOperation(operation, record, start) }
}

/** The app-wide options in force: what the operation says, else what the Application says. */
export const syncOptionsInForce = (
  record: ApplicationRecord,
  operation: Operation,
): readonly string[] => operation.sync.syncOptions ?? record.spec.syncPolicy?.syncOptions ?? []
