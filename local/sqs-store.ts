import type { buildApp } from 'fauxqs'

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>

/** How late a delayed or returning message may wake a long poll; one that is sent wakes it at once. */
export const WAKE_MS = 100

/**
 * The store behind fauxqs, made to look less often for messages whose delay or visibility has
 * ended. While somebody waits it looks 50 times a second and queue, which is nearly all that an
 * idle platform would do: 1.1 % of a core instead of 0.5 %.
 */
export async function createSqsStores(): Promise<Stores> {
  // The package exports its server only; its version is pinned, and a test watches the effect.
  const path = new URL('./sqs/sqsStore.js', import.meta.resolve('fauxqs')).href
  const { SqsStore } = (await import(path)) as { readonly SqsStore: new () => Stores['sqsStore'] }
  const sqsStore = new SqsStore()
  const createQueue = sqsStore.createQueue.bind(sqsStore)
  sqsStore.createQueue = (...args) => {
    const queue = createQueue(...args)
    const timers = queue as unknown as PollTimers
    timers.startPollTimerIfNeeded = () => {
      timers.pollTimer ??= setInterval(() => queue.processTimers(), WAKE_MS)
    }
    return queue
  }
  // The other two are made by fauxqs itself where they are not given.
  return { sqsStore } as Stores
}

interface PollTimers {
  pollTimer?: NodeJS.Timeout
  startPollTimerIfNeeded: () => void
}
