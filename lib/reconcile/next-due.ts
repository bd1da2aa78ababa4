import { digestText } from '../std/digest.ts'
import type { ApplicationRecord, Summary } from '../state/records.ts'
import type { Intervals } from './ports.ts'

/** First pause before an Application that is still progressing is looked at again; it doubles. */
export const HEALTH_WAIT_MS = 500
export const HEALTH_WAIT_MAX_MS = 30_000
/** The same for a look that failed for a reason that may pass. */
export const FAILURE_WAIT_MS = 5_000
export const FAILURE_WAIT_MAX_MS = 180_000
/** Pause before it is made sure that pruned objects are gone. */
export const CONFIRM_WAIT_MS = 1_000

/** When to look at an Application again although nobody asks. Pure; epoch ms. */
export function nextDue(
  record: Pick<ApplicationRecord, 'uid'>,
  summary: Summary,
  round: {
    readonly intervals: Intervals
    readonly now: number
    /** Times that the act and decide stages asked for. */
    readonly asked: readonly (number | undefined)[]
    readonly isUnconfirmed: boolean
    readonly isPinned: boolean
    readonly mayHeal?: boolean
  },
): number {
  const { now, intervals } = round
  const times = [
    summary.verifiedAt + intervals.verifyMs + spread(record.uid, intervals.verifyMs / 10),
    ...round.asked.filter((time) => time !== undefined),
  ]
  if (summary.health.status === 'Progressing') {
    times.push(now + backoff(HEALTH_WAIT_MS, HEALTH_WAIT_MAX_MS, summary.waits))
  }
  if (round.mayHeal === true)
    times.push(now + backoff(FAILURE_WAIT_MS, FAILURE_WAIT_MAX_MS, summary.waits))
  if (round.isUnconfirmed) times.push(now + CONFIRM_WAIT_MS)
  if (round.isPinned) times.push(now)
  return Math.max(now, Math.min(...times))
}

const backoff = (first: number, max: number, waits: number): number =>
  Math.min(first * 2 ** Math.max(0, waits - 1), max)

/** Keeps the full looks of many Applications from falling together. */
const spread = (uid: string, rangeMs: number): number =>
  (Number.parseInt(digestText(uid).slice(0, 8), 16) % 1000) * (rangeMs / 1000)
