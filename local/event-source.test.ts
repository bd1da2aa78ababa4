import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { faultOf } from '../lib/fault/fault.ts'
import { decodeHint } from '../lib/queue/hint.ts'
import { createSqsQueue } from '../lib/queue/sqs-queue.ts'
import {
  IDLE_POLLERS,
  startEventSource,
  type EventSource,
  type EventSourceOptions,
  type SqsHandler,
} from './event-source.ts'
import { startSqs, type LocalSqs } from './sqs.ts'

const VISIBILITY_SECONDS = 30
const RECEIVES_MAX = 2

let sqs: LocalSqs
let logged: string[]
let running: EventSource[]

beforeEach(async () => {
  // fauxqs reads visibility from `Date`: moving it saves the waiting. Timers stay real.
  vi.useFakeTimers({ toFake: ['Date'] })
  sqs = await startSqs({ visibilitySeconds: VISIBILITY_SECONDS, receivesMax: RECEIVES_MAX })
  logged = []
  running = []
})

afterEach(async () => {
  await Promise.all(running.map((source) => source.stop()))
  await sqs.stop()
  vi.useRealTimers()
})

async function start(handler: SqsHandler, overrides: Partial<EventSourceOptions> = {}) {
  const source = await startEventSource({
    client: sqs.client,
    queueUrl: sqs.urls.app,
    name: 'app-worker',
    handler,
    batchSize: 10,
    windowMs: 0,
    maxConcurrency: 4,
    timeoutMs: 5_000,
    log: { info: () => {}, error: (event) => void logged.push(event) },
    ...overrides,
  })
  running.push(source)
  return source
}

const send = (...names: string[]) =>
  createSqsQueue(sqs.client, sqs.urls).send(
    'app',
    names.map((name) => ({ tenant: 'acme', name })),
  )

const namesOf = (event: SQSEvent): string[] =>
  event.Records.map(({ body }) => decodeHint(body)?.name ?? '?')

const eventually = (condition: () => boolean) =>
  vi.waitUntil(condition, { timeout: 5_000, interval: 5 })
const endVisibility = () => vi.setSystemTime(Date.now() + VISIBILITY_SECONDS * 1_000)

async function messagesLeft(): Promise<number> {
  const { Attributes = {} } = await sqs.client.send(
    new GetQueueAttributesCommand({ QueueUrl: sqs.urls.app, AttributeNames: ['All'] }),
  )
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: held } =
    Attributes
  return Number(visible) + Number(held)
}

test('an event has the form of Lambda’s and is JSON', async () => {
  const events: SQSEvent[] = []
  const contexts: [string, boolean][] = []
  const source = await start(async (event, context) => {
    events.push(event)
    const left = context.getRemainingTimeInMillis()
    contexts.push([context.functionName, left > 4_000 && left <= 5_000])
  })
  await send('guestbook')
  await eventually(() => source.stats.succeeded === 1)
  expect(events).toEqual([
    {
      Records: [
        {
          messageId: expect.any(String),
          receiptHandle: expect.any(String),
          body: '{"tenant":"acme","name":"guestbook"}',
          attributes: expect.objectContaining({ ApproximateReceiveCount: '1' }),
          messageAttributes: {},
          md5OfBody: expect.any(String),
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:argosy-app',
          awsRegion: 'us-east-1',
        },
      ],
    },
  ])
  expect(contexts).toEqual([['app-worker', true]])
})

test('forty messages, three of them poison: those alone come back, then are dead letters', async () => {
  const tries = new Map<string, number>()
  const source = await start(async (event): Promise<SQSBatchResponse> => {
    for (const name of namesOf(event)) tries.set(name, (tries.get(name) ?? 0) + 1)
    return {
      batchItemFailures: event.Records.filter(({ body }) => body.includes('poison')).map(
        ({ messageId }) => ({ itemIdentifier: messageId }),
      ),
    }
  })
  const names = Array.from({ length: 37 }, (_, index) => `app-${index}`)
  await send(...names, 'poison-1', 'poison-2', 'poison-3')
  await eventually(() => source.stats.succeeded === 37 && source.stats.failed === 3)
  endVisibility()
  await eventually(() => source.stats.failed === 6)
  endVisibility()
  const dead = await sqs.client.send(
    new ReceiveMessageCommand({
      QueueUrl: sqs.deadUrls.app,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 2,
    }),
  )
  expect(dead.Messages?.length).toBe(3)
  expect(names.map((name) => tries.get(name))).toEqual(names.map(() => 1))
  expect(['poison-1', 'poison-2', 'poison-3'].map((name) => tries.get(name))).toEqual([2, 2, 2])
  expect(source.stats.succeeded).toBe(37)
})

const FAILING: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['throws', () => Promise.reject(new Error('boom'))],
  [
    'throws before its first await',
    () => {
      throw new Error('boom')
    },
  ],
  ['exceeds its timeout', () => new Promise(() => {})],
  ['answers something that is no batch response', async () => 'ok'],
  ['answers something that is no JSON', async () => ({ batchItemFailures: 1n })],
]

test.for(FAILING)('a handler that %s fails its whole batch', async ([, handler]) => {
  const source = await start(handler as SqsHandler, { timeoutMs: 50 })
  await send('a', 'b')
  await eventually(() => source.stats.failed === 2)
  endVisibility()
  await eventually(() => source.stats.failed === 4)
  expect(source.stats.succeeded).toBe(0)
})

test('concurrency grows with load up to its maximum and falls back to the idle pollers', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const source: EventSource = await start(() => gate, { batchSize: 1, maxConcurrency: 4 })
  expect(source.stats.pollers).toBe(IDLE_POLLERS)
  await send(...Array.from({ length: 12 }, (_, index) => `app-${index}`))
  await eventually(() => source.stats.inFlight === 4)
  open()
  await eventually(() => source.stats.succeeded === 12)
  expect(source.stats.inFlightMax).toBe(4)
  // A message that wakes all pollers leaves some of them with nothing, and those end.
  for (let count = 1; source.stats.pollers > IDLE_POLLERS && count <= 20; count++) {
    await send('more')
    await eventually(() => source.stats.succeeded === 12 + count)
  }
  expect(source.stats.pollers).toBe(IDLE_POLLERS)
})

test('an idle event source costs its two long polls and nothing more', async () => {
  const source = await start(async () => {})
  await send('one')
  await eventually(() => source.stats.succeeded === 1)
  await eventually(() => source.stats.receives >= IDLE_POLLERS)
  expect(source.stats.receives).toBeLessThanOrEqual(2 * IDLE_POLLERS)
  expect(source.stats.invocations).toBe(1)
})

test('a batching window joins what comes later into one batch', async () => {
  const batches: number[] = []
  await send('a', 'b', 'c')
  const source = await start(
    async ({ Records }) => {
      batches.push(Records.length)
      if (batches.length === 1) await send('d', 'e')
    },
    { batchSize: 3, windowMs: 2_000 },
  )
  await eventually(() => source.stats.succeeded === 3)
  await eventually(() => source.stats.receives > IDLE_POLLERS)
  await send('f')
  await eventually(() => source.stats.succeeded === 6)
  expect(batches).toEqual([3, 3])
})

test('stopping does not wait for idle polls', async () => {
  const source = await start(async () => {})
  await eventually(() => source.stats.receives === IDLE_POLLERS)
  const before = performance.now()
  await source.stop()
  expect(performance.now() - before).toBeLessThan(1_000)
  expect(source.stats.pollers).toBe(0)
})

test('stopping waits for what runs and deletes what it finished', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const source: EventSource = await start(() => gate)
  await send('a')
  await eventually(() => source.stats.inFlight === 1)
  const stopped = source.stop()
  open()
  await stopped
  expect(source.stats.succeeded).toBe(1)
  expect(await messagesLeft()).toBe(0)
})

test('stopping gives up on what does not end, and its messages come back', async () => {
  const source = await start(() => new Promise<void>(() => {}), { drainMs: 20 })
  await send('stuck')
  await eventually(() => source.stats.inFlight === 1)
  await source.stop()
  expect([source.stats.inFlight, await messagesLeft()]).toEqual([1, 1])
})

test('losing every message stops nothing', async () => {
  const source = await start(async () => {})
  await sqs.client.send(new PurgeQueueCommand({ QueueUrl: sqs.urls.app }))
  await send('new')
  await eventually(() => source.stats.succeeded === 1)
  expect(logged).toEqual([])
})

test('a mapping that Lambda would refuse is refused, by the visibility of the queue', async () => {
  const timeoutMs = VISIBILITY_SECONDS * 1_000 + 1
  const refused = await start(async () => {}, { timeoutMs }).catch((error: unknown) => error)
  expect(faultOf(refused).code).toBe('InvalidArgument')
  expect(running).toEqual([])
})

test('a queue that does not answer is asked again, at a slower and slower pace', async () => {
  const source = await start(async () => {})
  await eventually(() => source.stats.receives === IDLE_POLLERS)
  const begin = performance.now()
  await sqs.client.send(new DeleteQueueCommand({ QueueUrl: sqs.urls.app }))
  await eventually(() => logged.length > 2 * IDLE_POLLERS)
  expect(new Set(logged)).toEqual(new Set(['queue.receive_failed']))
  // Each poller's third failure comes after pauses of 250 and 500 ms.
  const failed = performance.now()
  expect(failed - begin).toBeGreaterThan(740)
  await source.stop()
  expect(performance.now() - failed).toBeLessThan(1_000)
})
