import { digestText } from '../std/digest.ts'
import type { ApplicationRecord, Summary } from '../state/records.ts'
import type { Intervals } from './ports.ts'

/** First pause before an Application that is still progressing is looked at again; it doubles. */
export const HEALTH_WAIT_MS = 500
export const HEALTH_WAIT_MAX_MS = 30_000
/** After so many looks in a row the drift sweep has to tell that the health moved. */
export const HEALTH_WAITS_MAX = 8
/** The same for a look that failed for a reason that may pass. */
export const FAILURE_WAIT_MS = 5_000
export const FAILURE_WAIT_MAX_MS = 180_000

/** What a round leaves to be looked at later. Times are epoch ms. */
export interface DueFacts {
  readonly intervals: Intervals
  readonly now: number
  /** Times that the stages asked for. */
  readonly asked: readonly (number | undefined)[]
  /**
   * An operation has just ended and left a question: the status shown belongs to other revisions
   * than the spec's, or automated sync has not yet said what it makes of the rest.
   */
  readonly isUndecided: boolean
}

/** When to look again at an Application that was looked at, although nobody asks. Pure. */
export function nextDue(record: WithUid, summary: Summary, facts: DueFacts): number {
  const { now, asked } = facts
  const times = [
    verifyTime(record, summary.verifiedAt, facts.intervals),
    ...asked.filter((time) => time !== undefined),
  ]
  if (summary.health.status === 'Progressing' && summary.waits <= HEALTH_WAITS_MAX) {
    times.push(now + backoff(HEALTH_WAIT_MS, HEALTH_WAIT_MAX_MS, summary.waits))
  }
  if (facts.isUndecided) times.push(now)
  return Math.max(now, Math.min(...times))
}

/** The same after a look that failed: soon if the reason may pass, else with the next full look. */
export function dueAfterFailure(
  record: WithUid,
  summary: Summary,
  facts: Pick<DueFacts, 'intervals' | 'now' | 'asked'> & { readonly mayPass: boolean },
): number {
  const { now, asked } = facts
  const times = [
    verifyTime(record, now, facts.intervals),
    ...asked.filter((time) => time !== undefined),
  ]
  if (facts.mayPass) times.push(now + backoff(FAILURE_WAIT_MS, FAILURE_WAIT_MAX_MS, summary.waits))
  return Math.max(now, Math.min(...times))
}

type WithUid = Pick<ApplicationRecord, 'uid'>

const verifyTime = ({ uid }: WithUid, from: number, { verifyMs }: Intervals): number =>
  from + verifyMs + spread(uid, verifyMs / 10)

const backoff = (first: number, max: number, waits: number): number =>
  Math.min(first * 2 ** Math.max(0, waits - 1), max)

/** Keeps the full looks of many Applications from falling together. */
const spread = (uid: string, rangeMs: number): number =>
  (Number.parseInt(digestText(uid).slice(0, 8), 16) % 1000) * (rangeMs / 1000)
