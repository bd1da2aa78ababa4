import type { Blobs } from '../blobs/port.ts'
import type { Clock, Ids } from '../clock/port.ts'
import type { Clusters } from '../cluster/port.ts'
import type { Git } from '../git/port.ts'
import type { Queue } from '../queue/port.ts'
import type { Secrets } from '../secrets/port.ts'
import type { State } from '../state/port.ts'

/** Everything a use case may reach; chosen once, in `functions/compose.ts`. */
export interface Ports {
  readonly state: State
  readonly queue: Queue
  readonly blobs: Blobs
  readonly secrets: Secrets
  readonly clock: Clock
  readonly ids: Ids
  readonly git: Git
  readonly clusters: Clusters
  readonly log: Logger
  readonly intervals: Intervals
}

/** How often the world is looked at when nothing says that it changed. Milliseconds. */
export interface Intervals {
  readonly repositoryMs: number
  readonly sweepMs: number
  /** How long a recorded comparison is believed before everything is compared anew. */
  readonly verifyMs: number
}

/** Structured log: a stable event code, then its fields. Never a secret, never a whole manifest. */
export interface Logger {
  info(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export type LogFields = Readonly<Record<string, unknown>>
