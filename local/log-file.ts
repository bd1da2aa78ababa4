import { createWriteStream, statSync, renameSync } from 'node:fs'
import { finished } from 'node:stream/promises'

/** A log above this size is put aside at the start; one old log is kept. */
export const LOG_BYTES_MAX = 20_000_000

export interface LogFile {
  readonly path: string
  write(line: string): void
  stop(): Promise<void>
}

/** Appends lines to a file, so that the terminal stays readable. */
export function openLogFile(path: string): LogFile {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_BYTES_MAX) renameSync(path, `${path}.1`)
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 })
  return {
    path,
    write: (line) => stream.write(`${line}\n`),
    async stop() {
      stream.end()
      await finished(stream)
    },
  }
}
