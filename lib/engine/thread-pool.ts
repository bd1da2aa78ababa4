import { ArgosyError } from '../fault/fault.ts'
import type { EngineThread, ThreadOutcome } from './engine-thread.ts'
import type { EngineLimits } from './limits.ts'

interface ThreadOwner {
  readonly tenant: string
  readonly engine: string
}

/**
 * Threads shared by all tenants, an instance by none: a thread belongs to one tenant and engine
 * until it is ended. A thread is kept for the next request of its owner, ended when another owner
 * needs the room, after an error, a timeout, `runsMax` requests or `idleMs` without one.
 */
export interface ThreadPool {
  run(
    owner: ThreadOwner,
    start: () => EngineThread,
    use: (thread: EngineThread) => Promise<ThreadOutcome>,
  ): Promise<ThreadOutcome>
  close(): Promise<void>
}

interface Slot {
  readonly owner: string
  readonly thread: EngineThread
  runs: number
  isBusy: boolean
  idleTimer?: NodeJS.Timeout
}

export function createThreadPool(limits: EngineLimits): ThreadPool {
  // Oldest use first: the one to end when room is needed.
  const slots = new Set<Slot>()
  const waiting: (() => void)[] = []
  let isClosed = false

  const end = async (slot: Slot): Promise<void> => {
    clearTimeout(slot.idleTimer)
    slots.delete(slot)
    await slot.thread.end()
  }

  const take = (owner: string, start: () => EngineThread): Slot | undefined => {
    const idle = [...slots].filter((slot) => !slot.isBusy)
    const own = idle.find((slot) => slot.owner === owner)
    if (own !== undefined) return own
    if (slots.size >= limits.workersMax) {
      const [oldest] = idle
      if (oldest === undefined) return undefined
      void end(oldest)
    }
    const slot: Slot = { owner, thread: start(), runs: 0, isBusy: false }
    slots.add(slot)
    return slot
  }

  const acquire = async (owner: string, start: () => EngineThread): Promise<Slot> => {
    for (;;) {
      if (isClosed) throw closed()
      const slot = take(owner, start)
      if (slot !== undefined) {
        slot.isBusy = true
        clearTimeout(slot.idleTimer)
        return slot
      }
      if (waiting.length >= limits.waitingMax) throw tooManyWaiting(limits.waitingMax)
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }

  const release = async (slot: Slot, isUsable: boolean): Promise<void> => {
    slot.runs += 1
    slot.isBusy = false
    if (!isUsable || slot.runs >= limits.runsMax || isClosed) await end(slot)
    else {
      slots.delete(slot)
      slots.add(slot)
      slot.idleTimer = setTimeout(() => void end(slot), limits.idleMs).unref()
    }
    waiting.shift()?.()
  }

  return {
    async run({ tenant, engine }, start, use) {
      const slot = await acquire(JSON.stringify([tenant, engine]), start)
      let outcome: ThreadOutcome | undefined
      try {
        outcome = await use(slot.thread)
        return outcome
      } finally {
        await release(slot, outcome?.outcome === 'answered')
      }
    },
    async close() {
      isClosed = true
      for (const wake of waiting.splice(0)) wake()
      await Promise.all([...slots].map(end))
    },
  }
}

const closed = (): ArgosyError =>
  new ArgosyError({ code: 'Internal', message: 'the engines are shut down' })

const tooManyWaiting = (max: number): ArgosyError =>
  new ArgosyError({
    code: 'LimitExceeded',
    limit: 'waitingMax',
    message: `more than ${max} requests wait for an engine; try again later`,
  })
