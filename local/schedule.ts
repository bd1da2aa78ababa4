import type { Clock } from '../lib/clock/port.ts'
import type { Ports } from '../lib/reconcile/ports.ts'
import type { DueAlarm } from './due-alarm.ts'

/** The regular poll, as on AWS: it finds what the alarm does not know of. */
const REGULAR_MS = 60_000
/** The first polls are closer together: what a start finds in state rings no alarm. */
const FIRST_POLLS = 12
const FIRST_MS = 5_000
/** Between two polls, however much becomes due. */
const PAUSE_MS = 500

export interface ScheduleOptions {
  readonly poll: () => Promise<unknown>
  readonly alarm: DueAlarm
  readonly clock: Clock
  readonly log: Ports['log']
}

/** Calls the poller at start-up, when the alarm rings and regularly; never twice at once. */
export function startSchedule(options: ScheduleOptions): { stop(): Promise<void> } {
  const { poll, alarm, clock, log } = options
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isStopped = false
  let polls = 0

  const arm = (): void => {
    clearTimeout(timer)
    if (isStopped || running !== undefined) return
    const regular = polls <= FIRST_POLLS ? FIRST_MS : REGULAR_MS
    const ring = (alarm.next() ?? Number.POSITIVE_INFINITY) - clock.now()
    timer = setTimeout(run, Math.max(PAUSE_MS, Math.min(regular, ring)))
  }
  const run = (): void => {
    polls++
    alarm.passed(clock.now())
    running = poll()
      .then(
        () => undefined,
        (error: unknown) => log.error('poller.failed', { error: String(error) }),
      )
      .finally(() => {
        running = undefined
        arm()
      })
  }
  alarm.onEarlier(arm)
  run()
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
