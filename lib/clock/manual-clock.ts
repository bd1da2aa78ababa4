import type { Clock, Ids } from './port.ts'

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves to a time; earlier ones are allowed, as clocks of real machines jump back too. */
  set(now: number): void
  advance(ms: number): void
}

/** Begins at `start`, in epoch milliseconds. */
export function createManualClock(start: number): ManualClock {
  let now = start
  return {
    now: () => now,
    set(to) {
      now = to
    },
    advance(ms) {
      now += ms
    },
  }
}

/** UUIDs that count up; two sequences share none unless they share the seed. Seeds are below 2^32. */
export function createSequentialIds(seed: number): Ids {
  let made = 0
  return {
    next() {
      made++
      return `${hex(seed, 8)}-0000-4000-8000-${hex(made, 12)}`
    },
  }
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
