import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../lib/reconcile/ports.ts'
import { failedMessages } from './batch-response.ts'
import { checkEventSource, type EventSourceShape } from './event-source-rules.ts'
import { invoke } from './invoke.ts'
import { openSqsConsumer, type SqsConsumer } from './sqs-consumer.ts'

export type SqsHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse | void>

export interface EventSourceOptions extends EventSourceShape {
  readonly client: SQSClient
  readonly queueUrl: string
  /** The function's name, as logs and its context show it. */
  readonly name: string
  readonly handler: SqsHandler
  readonly log: Logger
  /** How long `stop` waits for invocations that run. */
  readonly drainMs?: number
}

export interface EventSource {
  /** Ends the polls at once and waits for invocations that run, at most `drainMs`. */
  stop(): Promise<void>
  /** Live counters. */
  readonly stats: EventSourceStats
}

interface EventSourceStats {
  readonly receives: number
  readonly invocations: number
  /** Messages that were handled and deleted. */
  readonly succeeded: number
  /** Messages that were left to come back when their visibility ends. */
  readonly failed: number
  readonly pollers: number
  readonly inFlight: number
  readonly inFlightMax: number
}

/** Pollers that stay when nothing comes: a second one, so that a busy worker delays nobody. */
export const IDLE_POLLERS = 2
const DRAIN_MS = 1_000
const RETRY_MS_FIRST = 250
const RETRY_MS_MAX = 10_000

/**
 * Plays Lambda's event source mapping over a standard SQS queue: batches, batching window,
 * concurrency, timeout and partial failures. It polls by two long polls when idle and grows under
 * load. What fails comes back by the queue's own visibility timeout, and ends in its dead letters.
 * Throws `InvalidArgument` for a mapping that Lambda would refuse.
 */
export async function startEventSource(options: EventSourceOptions): Promise<EventSource> {
  const { client, queueUrl, name, log, drainMs = DRAIN_MS } = options
  const stopping = new AbortController()
  const consumer = await openSqsConsumer(client, queueUrl, stopping.signal)
  checkEventSource(name, options, { url: queueUrl, visibilityMs: consumer.visibilityMs })

  const stats = startStats()
  const pollers = new Set<Promise<void>>()
  const isStopped = () => stopping.signal.aborted

  const spawn = (): void => {
    stats.pollers++
    const poller = poll().finally(() => {
      stats.pollers--
      pollers.delete(poller)
    })
    pollers.add(poller)
  }
  const poll = async (): Promise<void> => {
    for (let failures = 0; !isStopped();) {
      try {
        const batch = await collectBatch(consumer, options, stats)
        failures = 0
        if (batch.length > 0) await work(batch)
        else if (stats.pollers > IDLE_POLLERS) return
      } catch (error) {
        if (isStopped()) return
        log.error('queue.receive_failed', { function: name, error: traceOf(error) })
        await pause(RETRY_MS_FIRST * 2 ** failures++, stopping.signal)
      }
    }
  }
  const work = async (batch: readonly SQSRecord[]): Promise<void> => {
    stats.inFlight++
    stats.inFlightMax = Math.max(stats.inFlightMax, stats.inFlight)
    if (stats.inFlight === stats.pollers && stats.pollers < options.maxConcurrency) spawn()
    try {
      await runBatch(consumer, batch, options, stats)
    } finally {
      stats.inFlight--
    }
  }

  for (let count = 0; count < IDLE_POLLERS; count++) spawn()
  return {
    stats,
    async stop() {
      stopping.abort()
      const drained = new AbortController()
      await Promise.race([
        Promise.all(pollers).then(() => drained.abort()),
        pause(drainMs, drained.signal),
      ])
    },
  }
}

const traceOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

type Stats = { -readonly [K in keyof EventSourceStats]: EventSourceStats[K] }

const startStats = (): Stats => ({
  receives: 0,
  invocations: 0,
  succeeded: 0,
  failed: 0,
  pollers: 0,
  inFlight: 0,
  inFlightMax: 0,
})

/** Waits, but not beyond an abort. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(Math.min(ms, RETRY_MS_MAX), undefined, { signal }).catch(() => undefined)

/**
 * The first messages that come and, while the batching window is open, what joins them. A window
 * ends up to a second early, because SQS waits in whole seconds.
 */
async function collectBatch(
  consumer: SqsConsumer,
  { batchSize, windowMs }: EventSourceShape,
  stats: Stats,
): Promise<readonly SQSRecord[]> {
  const receive = (max: number, waitSeconds: number) => {
    stats.receives++
    return consumer.receive(max, waitSeconds)
  }
  const batch = [...(await receive(batchSize, LONG_POLL_SECONDS))]
  const end = performance.now() + windowMs
  while (batch.length > 0 && batch.length < batchSize) {
    const seconds = Math.floor((end - performance.now()) / 1_000)
    if (seconds <= 0) break
    batch.push(...(await receive(batchSize - batch.length, Math.min(seconds, LONG_POLL_SECONDS))))
  }
  return batch
}

const LONG_POLL_SECONDS = 20

async function runBatch(
  consumer: SqsConsumer,
  batch: readonly SQSRecord[],
  { name, handler, timeoutMs, log }: EventSourceOptions,
  stats: Stats,
): Promise<void> {
  const ids = batch.map(({ messageId }) => messageId)
  stats.invocations++
  const event: SQSEvent = { Records: [...batch] }
  let failed: ReadonlySet<string>
  try {
    failed = failedMessages(await invoke(handler, event, { name, timeoutMs }), ids)
  } catch (error) {
    log.error('function.failed', {
      function: name,
      messages: ids.length,
      error: traceOf(error),
    })
    failed = new Set(ids)
  }
  const done = batch.filter(({ messageId }) => !failed.has(messageId))
  stats.succeeded += done.length
  stats.failed += failed.size
  try {
    await consumer.delete(done)
  } catch (error) {
    log.error('queue.delete_failed', {
      function: name,
      messages: done.length,
      error: traceOf(error),
    })
  }
}
