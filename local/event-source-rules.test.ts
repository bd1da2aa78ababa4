import { expect, test } from 'vitest'
import { faultOf } from '../lib/fault/fault.ts'
import {
  BATCH_SIZE_MAX,
  BATCH_WITHOUT_WINDOW_MAX,
  checkEventSource,
  CONCURRENCY_MAX,
  CONCURRENCY_MIN,
  WINDOW_MS_MAX,
  type EventSourceShape,
} from './event-source-rules.ts'

const SHAPE: EventSourceShape = {
  batchSize: 10,
  windowMs: 0,
  maxConcurrency: 5,
  timeoutMs: 30_000,
}
const ROWS: readonly (readonly [Partial<EventSourceShape>, string])[] = [
  [{}, 'accepted'],
  [{ timeoutMs: 60_000 }, 'accepted'],
  [{ timeoutMs: 60_001 }, 'the queue visibility timeout is shorter than the function timeout'],
  [{ batchSize: 1 }, 'accepted'],
  [{ batchSize: 0 }, 'the batch size is outside 1 to 1000'],
  [{ batchSize: 1.5 }, 'the batch size is outside 1 to 1000'],
  [{ batchSize: BATCH_SIZE_MAX, windowMs: 1_000 }, 'accepted'],
  [{ batchSize: BATCH_SIZE_MAX + 1, windowMs: 1_000 }, 'the batch size is outside 1 to 1000'],
  [{ batchSize: BATCH_WITHOUT_WINDOW_MAX }, 'accepted'],
  [
    { batchSize: BATCH_WITHOUT_WINDOW_MAX + 1 },
    'a batch size above 10 needs a batching window of at least 1 s',
  ],
  [{ windowMs: WINDOW_MS_MAX }, 'accepted'],
  [{ windowMs: WINDOW_MS_MAX + 1_000 }, 'the batching window is not whole seconds from 0 to 300'],
  [{ windowMs: 1_500 }, 'the batching window is not whole seconds from 0 to 300'],
  [{ maxConcurrency: CONCURRENCY_MIN }, 'accepted'],
  [{ maxConcurrency: CONCURRENCY_MIN - 1 }, 'the maximum concurrency is outside 2 to 1000'],
  [{ maxConcurrency: CONCURRENCY_MAX }, 'accepted'],
  [{ maxConcurrency: CONCURRENCY_MAX + 1 }, 'the maximum concurrency is outside 2 to 1000'],
]

test.for(ROWS)('%j: %s', ([overrides, expected]) => {
  expect(verdict(overrides, 'http://sqs/argosy-app')).toBe(
    expected === 'accepted'
      ? expected
      : `event source worker of http://sqs/argosy-app: ${expected}`,
  )
})

test('every problem is named at once', () => {
  expect(verdict({ batchSize: 0, maxConcurrency: 0 }, 'http://sqs/app.fifo')).toBe(
    'event source worker of http://sqs/app.fifo: the batch size is outside 1 to 1000; the maximum concurrency is outside 2 to 1000; FIFO queues are not used here',
  )
})

function verdict(overrides: Partial<EventSourceShape>, url: string): string {
  try {
    checkEventSource('worker', { ...SHAPE, ...overrides }, { url, visibilityMs: 60_000 })
    return 'accepted'
  } catch (error) {
    const fault = faultOf(error)
    return fault.code === 'InvalidArgument' ? fault.message : fault.code
  }
}
