import type { Random } from './random.ts'

/** One invocation of a function, as the scheduler sees it. */
export interface Invocation {
  readonly id: number
  readonly name: string
  readonly startedAt: number
  isDead: boolean
  isDone: boolean
}

interface Turn {
  readonly invocation: Invocation
  readonly go: () => void
  notBefore: number
}

/** How often what happens to an invocation at one of its awaits. */
export interface Mischief {
  readonly crash: number
  readonly pause: number
  /** How long a paused invocation sleeps at most: beyond any lease. */
  readonly pauseMs: number
}

/** No function runs for longer; what outwaits late writes relies on it (`LATE_WRITE_MS`). */
export const LIFE_MS = 170_000

/**
 * Runs invocations one await at a time, in an order that the seed decides. At each await one may
 * die for ever, or be paused while its lease runs out; nobody else notices.
 */
export function createScheduler(random: Random, now: () => number) {
  const turns: Turn[] = []
  let sequence = 0
  let running = 0

  return {
    running: (): number => running,

    /** Starts an invocation; `ended` is told unless it dies on the way. */
    start(
      name: string,
      work: (invocation: Invocation) => Promise<void>,
      ended: (ok: boolean) => void,
    ) {
      const invocation: Invocation = {
        id: ++sequence,
        name,
        startedAt: now(),
        isDead: false,
        isDone: false,
      }
      running++
      const finish = (ok: boolean): void => {
        if (invocation.isDead) return
        invocation.isDone = true
        running--
        ended(ok)
      }
      work(invocation).then(
        () => finish(true),
        () => finish(false),
      )
    },

    /** Waits until the scheduler lets the invocation go on; for ever when it died. */
    turn: (invocation: Invocation): Promise<void> =>
      new Promise((go) => {
        if (!invocation.isDead) turns.push({ invocation, go, notBefore: 0 })
      }),

    /** Lets one invocation go on, or do something bad to it. False when there is none that may. */
    step(
      mischief: Mischief,
      struck: (invocation: Invocation, what: 'pauses' | 'dies') => void,
    ): boolean {
      const ready = turns.filter((turn) => turn.notBefore <= now())
      if (ready.length === 0) return false
      const turn = random.pick(ready)
      if (random.chance(mischief.pause)) {
        turn.notBefore = now() + random.int(mischief.pauseMs)
        struck(turn.invocation, 'pauses')
        return true
      }
      turns.splice(turns.indexOf(turn), 1)
      const isTooOld = now() - turn.invocation.startedAt > LIFE_MS
      if (isTooOld || random.chance(mischief.crash)) {
        turn.invocation.isDead = true
        running--
        struck(turn.invocation, 'dies')
        return true
      }
      turn.go()
      return true
    },

    /** When the next paused invocation may go on; `undefined` when none is paused. */
    nextAt: (): number | undefined =>
      turns.length === 0 ? undefined : Math.min(...turns.map((turn) => turn.notBefore)),
  }
}

export type Scheduler = ReturnType<typeof createScheduler>

/** Lets everything run that waits for nothing but itself. */
export const drainMicrotasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
