import { randomUUID } from 'node:crypto'
import type { Clock, Ids } from './port.ts'

/** The machine's clock. */
export const createSystemClock = (): Clock => ({ now: () => Date.now() })

/** Random UUIDs (version 4). */
export const createRandomIds = (): Ids => ({ next: () => randomUUID() })
