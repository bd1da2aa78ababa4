import { expect, test } from 'vitest'
import type { RetryStrategy } from '../app/application.ts'
import type { OperationState } from '../app/status.ts'
import { deadlineOf, SYNC_DEADLINE_MS } from './operation-limits.ts'
import { beginRetry, decideRetry, finalMessage, isRetryDue } from './retry.ts'

const AT = Date.UTC(2026, 0, 2, 15, 4, 5)

const stateOf = (
  retry: RetryStrategy | undefined,
  part: Partial<OperationState> = {},
): OperationState => ({
  operation: {
    id: 'op',
    requestedAt: 0,
    initiatedBy: {},
    ...(retry !== undefined && { retry }),
    sync: {},
  },
  phase: 'Failed',
  message: 'it broke',
  startedAt: 1000,
  retryCount: 0,
  snapshot: { revisions: ['abc'] },
  sources: [],
  results: [],
  ...part,
})

test.for([
  ['nobody asked', undefined, 0, undefined],
  ['the limit is absent', {}, 0, undefined],
  ['the limit is 0', { limit: 0 }, 0, undefined],
  ['first retry', { limit: 5 }, 0, 5_000],
  ['second retry', { limit: 5 }, 1, 10_000],
  ['fifth retry', { limit: 5 }, 4, 80_000],
  ['no sixth', { limit: 5 }, 5, undefined],
  ['for ever, capped', { limit: -1 }, 40, 180_000],
  ['so many that the delay overflows', { limit: -1 }, 5000, 180_000],
  [
    'own backoff',
    { limit: 2, backoff: { duration: '1m', factor: 3, maxDuration: '2m' } },
    1,
    120_000,
  ],
  ['a factor of 1', { limit: 9, backoff: { duration: '7s', factor: 1 } }, 8, 7_000],
  ['an unreadable duration', { limit: 1, backoff: { duration: 'soon' } }, 0, 5_000],
] as const)('%s', ([, retry, retryCount, delay]) => {
  const decision = decideRetry(stateOf(retry, { retryCount }), AT)
  expect(decision && decision.retryAt - AT).toBe(delay)
})

test.for(['Succeeded', 'Running', 'Terminating'] as const)('%s is not retried', (phase) => {
  expect(decideRetry(stateOf({ limit: -1 }, { phase }), AT)).toBeUndefined()
})

test.for([
  [AT, '3:04PM'],
  [AT - 15 * 3_600_000, '12:04AM'],
  [AT - 3 * 3_600_000, '12:04PM'],
  [AT - 6 * 3_600_000, '9:04AM'],
] as const)('the message says when: %i is %s', ([at, clock]) => {
  expect(decideRetry(stateOf({ limit: 1 }), at)?.message).toBe(
    `it broke. Retrying attempt #1 at ${clock}.`,
  )
})

test.for([
  [{ phase: 'Running', retryAt: AT }, AT, true],
  [{ phase: 'Running', retryAt: AT }, AT - 1, false],
  [{ phase: 'Running' }, AT, false],
  [{ phase: 'Failed', retryAt: AT }, AT, false],
] as const)('a retry of %o is due at %i: %s', ([part, at, expected]) => {
  expect(isRetryDue(stateOf(undefined, part), at)).toBe(expected)
})

test('a retry begins with nothing done and a deadline of its own', () => {
  const waiting = stateOf(
    { limit: 5, refresh: true },
    { finishedAt: AT, retryAt: AT, retryCount: 1 },
  )
  const state = beginRetry({ ...waiting, phase: 'Running' }, AT + 5)
  expect(state).toEqual(
    stateOf(waiting.operation.retry, {
      phase: 'Running',
      message: 'Retrying operation. Attempt #2 with latest revisions',
      retryCount: 2,
      attemptStartedAt: AT + 5,
    }),
  )
  expect(deadlineOf(state)).toBe(AT + 5 + SYNC_DEADLINE_MS)
  expect(deadlineOf(waiting)).toBe(1000 + SYNC_DEADLINE_MS)
})

test('the last message counts the retries', () => {
  expect([0, 2].map((retryCount) => finalMessage(stateOf(undefined, { retryCount })))).toEqual([
    'it broke',
    'it broke (retried 2 times).',
  ])
})
