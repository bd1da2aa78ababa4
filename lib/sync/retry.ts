import type { RetryStrategy } from '../app/application.ts'
import type { OperationState } from '../app/status.ts'
import { parseDuration } from '../std/duration.ts'

const DURATION_MS = 5000
const FACTOR = 2
const MAX_DURATION_MS = 180_000

/**
 * Whether a sync that ended in failure is tried again, and when (6.8): `duration × factor^retries`
 * after `now`, at most `maxDuration`; 5 s, 2 and 3 min unless said otherwise. A negative limit
 * retries for ever. Whoever terminates an operation must not ask.
 */
export function decideRetry(
  state: OperationState,
  now: number,
): { readonly retryAt: number; readonly message: string } | undefined {
  if (state.phase !== 'Failed' && state.phase !== 'Error') return undefined
  const { retry = {} } = state.operation
  const limit = retry.limit ?? 0
  if (limit >= 0 && state.retryCount >= limit) return undefined
  const retryAt = now + retryDelayMs(retry, state.retryCount)
  const attempt = `Retrying attempt #${state.retryCount + 1} at ${clockTime(retryAt)}.`
  return { retryAt, message: `${state.message}. ${attempt}` }
}

export const isRetryDue = (state: OperationState, now: number): boolean =>
  state.phase === 'Running' && state.retryAt !== undefined && now >= state.retryAt

/** The same operation at the start of its next attempt: what the last one did is forgotten (6.8). */
export function beginRetry(state: OperationState, now: number): OperationState {
  const { finishedAt: _finishedAt, retryAt: _retryAt, ...rest } = state
  const retryCount = state.retryCount + 1
  const refreshed = state.operation.retry?.refresh === true ? ' with latest revisions' : ''
  return {
    ...rest,
    phase: 'Running',
    message: `Retrying operation. Attempt #${retryCount}${refreshed}`,
    retryCount,
    attemptStartedAt: now,
    results: [],
  }
}

/** The message of a sync that ended for good. */
export const finalMessage = ({ message, retryCount }: OperationState): string =>
  retryCount > 0 ? `${message} (retried ${retryCount} times).` : message

function retryDelayMs({ backoff = {} }: RetryStrategy, retries: number): number {
  const duration = milliseconds(backoff.duration, DURATION_MS)
  const longest = milliseconds(backoff.maxDuration, MAX_DURATION_MS)
  return Math.min(duration * (backoff.factor ?? FACTOR) ** retries, longest)
}

// A duration that cannot be read is refused with the Application's spec, not here.
const milliseconds = (text: string | undefined, fallback: number): number =>
  (text === undefined ? undefined : parseDuration(text)) ?? fallback

/** `3:04PM`, in UTC: Go's kitchen time, which Argo CD prints. */
function clockTime(at: number): string {
  const minutes = Math.floor(at / 60_000) % 1440
  const hour = Math.floor(minutes / 60)
  const two = String(minutes % 60).padStart(2, '0')
  return `${hour % 12 === 0 ? 12 : hour % 12}:${two}${hour < 12 ? 'AM' : 'PM'}`
}
