import { SYNC_PHASES, type SyncPhase } from '../app/status.ts'
import { kindRank } from '../manifest/kinds.ts'
import { keyText } from '../manifest/key.ts'
import type { Task } from './task.ts'

/** A task without target prunes. */
export const isPrune = (task: Task): boolean => task.target === undefined

/** Where in a sync a task stands: all that is in one stage runs together. */
export interface Stage {
  readonly phase: SyncPhase
  readonly wave: number
}

export const compareStages = (a: Stage, b: Stage): number =>
  phaseRank(a.phase) - phaseRank(b.phase) || a.wave - b.wave

/** The first of some stages; there must be one. */
export const firstStage = (stages: readonly Stage[]): Stage =>
  stages.reduce((a, b) => (compareStages(b, a) < 0 ? b : a))

/** The last of some stages; there must be one. */
export const lastStage = (stages: readonly Stage[]): Stage =>
  stages.reduce((a, b) => (compareStages(b, a) > 0 ? b : a))

/** The order in which a sync does its tasks (6.9-7); total, so it does not depend on the input's. */
export function compareTasks(a: Task, b: Task): number {
  const kinds = kindRank(a.key.kind) - kindRank(b.key.kind)
  return (
    compareStages(a, b) ||
    Number(isPrune(b)) - Number(isPrune(a)) ||
    // What is created last goes first: workloads before the accounts they run under.
    (isPrune(a) ? -kinds : kinds) ||
    compareText(a.key.name, b.key.name) ||
    compareText(keyText(a.key), keyText(b.key))
  )
}

const phaseRank = (phase: SyncPhase): number => SYNC_PHASES.indexOf(phase)

/** By code units, so that the order is the same everywhere. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
