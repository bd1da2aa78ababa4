import { ArgosyError } from '../lib/fault/fault.ts'

export interface EventSourceShape {
  readonly batchSize: number
  readonly windowMs: number
  readonly maxConcurrency: number
  readonly timeoutMs: number
}

export interface QueueShape {
  readonly url: string
  readonly visibilityMs: number
}

/** Lambda's own limits, from its page on the parameters of SQS event source mappings. */
export const BATCH_WITHOUT_WINDOW_MAX = 10
export const WINDOW_MS_MAX = 300_000
export const CONCURRENCY_MIN = 2
export const CONCURRENCY_MAX = 1_000
/** Lambda allows 10,000; a thousand of the largest hints stay below its 6 MB of payload. */
export const BATCH_SIZE_MAX = 1_000

/**
 * Refuses what Lambda refuses when the mapping is created, so that a mapping that works here is
 * accepted there. Throws `InvalidArgument` with every problem at once.
 */
export function checkEventSource(name: string, shape: EventSourceShape, queue: QueueShape): void {
  const problems = RULES.filter(({ isBroken }) => isBroken(shape, queue)).map(({ says }) => says)
  if (problems.length === 0) return
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `event source ${name} of ${queue.url}: ${problems.join('; ')}`,
  })
}

interface Rule {
  readonly says: string
  readonly isBroken: (shape: EventSourceShape, queue: QueueShape) => boolean
}

const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max

const RULES: readonly Rule[] = [
  {
    says: 'the queue visibility timeout is shorter than the function timeout',
    isBroken: ({ timeoutMs }, { visibilityMs }) => visibilityMs < timeoutMs,
  },
  {
    says: `the batch size is outside 1 to ${BATCH_SIZE_MAX}`,
    isBroken: ({ batchSize }) => !isWithin(batchSize, 1, BATCH_SIZE_MAX),
  },
  {
    says: `a batch size above ${BATCH_WITHOUT_WINDOW_MAX} needs a batching window of at least 1 s`,
    isBroken: ({ batchSize, windowMs }) => batchSize > BATCH_WITHOUT_WINDOW_MAX && windowMs < 1_000,
  },
  {
    says: `the batching window is not whole seconds from 0 to ${WINDOW_MS_MAX / 1000}`,
    isBroken: ({ windowMs }) => !isWithin(windowMs / 1_000, 0, WINDOW_MS_MAX / 1_000),
  },
  {
    says: `the maximum concurrency is outside ${CONCURRENCY_MIN} to ${CONCURRENCY_MAX}`,
    isBroken: ({ maxConcurrency }) => !isWithin(maxConcurrency, CONCURRENCY_MIN, CONCURRENCY_MAX),
  },
  {
    says: 'FIFO queues are not used here',
    isBroken: (_, { url }) => url.endsWith('.fifo'),
  },
]
