import type { OperationState } from '../app/status.ts'

/** An attempt to sync ends after this time and names what blocked it (law 6). */
export const SYNC_DEADLINE_MS = 60 * 60_000

/** Tasks of one step: what a worker applies between two commits (law 4). */
export const TASKS_PER_STEP_MAX = 200

/** Reasons that the message of a failed sync spells out; the results hold all of them. */
export const REASONS_MAX = 10

/** An unfinished automated sync gives way to newer commits this often in a row, then it finishes (law 6). */
export const REPLACED_IN_A_ROW_MAX = 3

/** When the present attempt ends at the latest, epoch ms; a retry begins a new allowance. */
export const deadlineOf = (state: OperationState): number =>
  (state.attemptStartedAt ?? state.startedAt) + SYNC_DEADLINE_MS
