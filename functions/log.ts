import type { LogFields, Logger } from '../lib/reconcile/ports.ts'

/** Writes one JSON line an event; CloudWatch and a terminal's `jq` read the same. */
export function createJsonLogger(write: (line: string) => void, now: () => number): Logger {
  const line = (level: string, event: string, fields: LogFields = {}): void =>
    write(JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields }))
  return {
    info: (event, fields) => line('info', event, fields),
    error: (event, fields) => line('error', event, fields),
  }
}
