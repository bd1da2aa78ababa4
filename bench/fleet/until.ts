import { setTimeout as delay } from 'node:timers/promises'
import { ArgosyError } from '../../lib/fault/fault.ts'

export interface UntilOptions {
  readonly everyMs: number
  readonly timeoutMs: number
  /** Says what is still missing, for the error. */
  readonly missing: () => string
}

/** Asks again and again until the answer is yes. Throws `Internal` after the time is up. */
export async function until(check: () => Promise<boolean>, options: UntilOptions): Promise<void> {
  const deadline = performance.now() + options.timeoutMs
  while (!(await check())) {
    if (performance.now() > deadline) {
      const message = `after ${options.timeoutMs / 1000} s ${options.missing()}`
      throw new ArgosyError({ code: 'Internal', message })
    }
    await delay(options.everyMs)
  }
}
