import type { Clock } from '../clock/port.ts'
import { delayOf, encodeHint } from './hint.ts'
import type { Queue, QueueName } from './port.ts'

export interface MemoryQueueOptions {
  readonly clock: Clock
  readonly visibilityMs?: number
  /** Receptions after which a message goes to the dead letters instead. */
  readonly receivesMax?: number
}

/** A queue in memory with its consumer's side and the hooks that a simulation needs. */
export interface MemoryQueue extends Queue {
  /** Receives visible messages, oldest first, and hides them for `visibilityMs`. */
  receive(queue: QueueName, options?: ReceiveOptions): Promise<readonly ReceivedMessage[]>
  /** Acknowledges; a receipt that is no longer held does nothing. */
  delete(queue: QueueName, receipts: readonly string[]): Promise<void>
  /** Hides a message that is held for so long from now on; 0 gives it back at once. */
  changeVisibility(queue: QueueName, receipt: string, visibilityMs: number): Promise<void>

  /** Every message that is not deleted, in the order in which they become visible. */
  pending(queue: QueueName): readonly PendingMessage[]
  dead(queue: QueueName): readonly string[]
  /** Loses everything, as if the queues were made anew. */
  dropAll(): void
  /** Requests that `send` would have cost so far. */
  requests(): number
}

interface ReceiveOptions {
  readonly max?: number
  readonly visibilityMs?: number
  /** Only these messages, so that a simulation chooses the order. */
  readonly ids?: readonly string[]
}

interface ReceivedMessage {
  readonly id: string
  readonly receipt: string
  readonly body: string
  readonly receives: number
}

interface PendingMessage {
  readonly id: string
  readonly body: string
  readonly visibleAt: number
  readonly receives: number
}

interface Message extends PendingMessage {
  visibleAt: number
  receives: number
  receipt?: string
}

interface Lane {
  messages: Message[]
  readonly dead: string[]
}

const BATCH_MAX = 10

/** Delivers as a standard SQS queue does, at the pace of a clock that is handed in. */
export function createMemoryQueue(options: MemoryQueueOptions): MemoryQueue {
  const { clock, visibilityMs = 30_000, receivesMax = 5 } = options
  let lanes = emptyLanes()
  let sequence = 0
  let requests = 0

  return {
    async send(queue, hints, sendOptions) {
      const visibleAt = clock.now() + delayOf(sendOptions) * 1000
      const bodies = hints.map(encodeHint)
      requests += Math.ceil(bodies.length / BATCH_MAX)
      for (const body of bodies) {
        lanes[queue].messages.push({ id: `m${++sequence}`, body, visibleAt, receives: 0 })
      }
    },
    async receive(queue, { max = BATCH_MAX, ids, ...receive } = {}) {
      const lane = lanes[queue]
      const now = clock.now()
      buryExhausted(lane, now, receivesMax)
      return inOrder(lane.messages)
        .filter(({ id, visibleAt }) => visibleAt <= now && (ids?.includes(id) ?? true))
        .slice(0, Math.min(max, BATCH_MAX))
        .map((message) => {
          message.visibleAt = now + (receive.visibilityMs ?? visibilityMs)
          message.receives++
          message.receipt = `${message.id}/${message.receives}`
          const { id, body, receives, receipt } = message
          return { id, body, receives, receipt }
        })
    },
    async delete(queue, receipts) {
      const lane = lanes[queue]
      lane.messages = lane.messages.filter(
        ({ receipt }) => receipt === undefined || !receipts.includes(receipt),
      )
    },
    async changeVisibility(queue, receipt, forMs) {
      const held = lanes[queue].messages.find((message) => message.receipt === receipt)
      if (held !== undefined) held.visibleAt = clock.now() + forMs
    },
    pending: (queue) =>
      inOrder(lanes[queue].messages).map(({ id, body, visibleAt, receives }) => ({
        id,
        body,
        visibleAt,
        receives,
      })),
    dead: (queue) => [...lanes[queue].dead],
    dropAll() {
      lanes = emptyLanes()
    },
    requests: () => requests,
  }
}

const emptyLanes = (): Record<QueueName, Lane> => ({
  repo: { messages: [], dead: [] },
  app: { messages: [], dead: [] },
  cluster: { messages: [], dead: [] },
})

const inOrder = (messages: readonly Message[]): Message[] =>
  messages.toSorted((a, b) => a.visibleAt - b.visibleAt)

function buryExhausted(lane: Lane, now: number, receivesMax: number): void {
  const isExhausted = (message: Message) =>
    message.visibleAt <= now && message.receives >= receivesMax
  lane.dead.push(...lane.messages.filter(isExhausted).map(({ body }) => body))
  lane.messages = lane.messages.filter((message) => !isExhausted(message))
}
