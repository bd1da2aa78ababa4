import type { Clock } from '../lib/clock/port.ts'
import { DUE, type State } from '../lib/state/port.ts'

/** A hint goes with what is due at once; only when it got lost the poller has to send another. */
export const HINT_GRACE_MS = 5_000
/** Times closer together ring once, at the later one. */
const GRAIN_MS = 100
const GRACE_GRAIN_MS = 1_000
/** Times kept at most; what is beyond waits for the regular poll. */
export const TIMES_MAX = 10_000

export interface DueAlarm {
  /** The same state, whose writes set the alarm. */
  readonly state: State
  /** The earliest time that rings and has not rung yet (epoch ms). */
  next(): number | undefined
  /** Forgets the times up to this one: they have rung. */
  passed(time: number): void
  /** Called when `next` has become earlier. */
  onEarlier(call: () => void): void
}

/**
 * Knows when something in state becomes due, because everything that waits is written through it.
 * So the poller of one machine rests while nothing is due, in place of asking every second; what
 * was written by another process, or before the start, is found by a regular poll as on AWS.
 */
export function createDueAlarm(state: State, clock: Clock): DueAlarm {
  const times = new Set<number>()
  let earliest: number | undefined
  let notify = (): void => undefined

  const note = (due: unknown): void => {
    if (typeof due !== 'number' || times.size >= TIMES_MAX) return
    const graceEnd = clock.now() + HINT_GRACE_MS
    const time = due > graceEnd ? ceilTo(due, GRAIN_MS) : ceilTo(graceEnd, GRACE_GRAIN_MS)
    times.add(time)
    if (earliest !== undefined && earliest <= time) return
    earliest = time
    notify()
  }
  return {
    state: {
      ...state,
      put(tenant, item, condition) {
        note(item[DUE])
        return state.put(tenant, item, condition)
      },
      update(tenant, key, change) {
        note(change.set?.[DUE])
        return state.update(tenant, key, change)
      },
    },
    next: () => earliest,
    passed(time) {
      for (const each of times) if (each <= time) times.delete(each)
      earliest = times.size === 0 ? undefined : Math.min(...times)
    },
    onEarlier(call) {
      notify = call
    },
  }
}

const ceilTo = (value: number, step: number): number => Math.ceil(value / step) * step
