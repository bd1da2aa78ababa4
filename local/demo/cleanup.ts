import { setTimeout as sleep } from 'node:timers/promises'

/** What has to be undone when the demo ends, whichever way it ends. */
export interface Cleanup {
  add(undo: () => Promise<void>): void
  /** Undoes everything, last first, once; what fails does not keep the rest. */
  run(): Promise<void>
  /** Aborted as soon as somebody ends the demo. */
  readonly signal: AbortSignal
  isEnding(): boolean
  /** Ends the process cleanly on Ctrl-C and on a polite kill, with the exit codes of a shell. */
  onSignals(): void
}

/** Longest that one part is waited for; what is left ends with this process. */
const UNDO_MS_MAX = 5_000

const timeUp = (): Promise<void> => sleep(UNDO_MS_MAX, undefined, { ref: false })

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

export function createCleanup(): Cleanup {
  const undos: (() => Promise<void>)[] = []
  const ending = new AbortController()
  let running: Promise<void> | undefined
  const runAll = async (): Promise<void> => {
    for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
      await Promise.race([undo(), timeUp()]).catch((error: unknown) => {
        process.stderr.write(`demo: cleaning up: ${String(error)}\n`)
      })
    }
  }
  const run = (): Promise<void> => (running ??= runAll())
  return {
    add: (undo) => void undos.push(undo),
    run,
    signal: ending.signal,
    isEnding: () => ending.signal.aborted,
    onSignals() {
      for (const [name, code] of Object.entries(EXIT_CODES)) {
        process.on(name, () => {
          ending.abort()
          void run().finally(() => process.exit(code))
        })
      }
    },
  }
}
