import { setTimeout as sleep } from 'node:timers/promises'
import { StepFailed } from './step-failed.ts'
import type { Terminal } from './terminal.ts'

export interface Wait {
  /** Goes on "waiting until …". */
  readonly what: string
  readonly secondsMax: number
  /** Answers what is still missing, `undefined` when it has come. */
  readonly missing: () => Promise<string | undefined>
}

const LOOK_MS = 200

/** Looks again and again, and says so; answers the seconds. Throws `StepFailed` with what was seen last. */
export async function until(
  terminal: Pick<Terminal, 'waiting' | 'output'>,
  { what, secondsMax, missing }: Wait,
): Promise<number> {
  const begin = performance.now()
  for (;;) {
    const last = await missing()
    const seconds = (performance.now() - begin) / 1000
    if (last === undefined) {
      terminal.output('')
      return seconds
    }
    if (seconds > secondsMax) {
      throw new StepFailed(`waited ${secondsMax} s until ${what}, but ${last}`)
    }
    terminal.waiting(`${what}; now ${last}`, seconds)
    await sleep(LOOK_MS)
  }
}
