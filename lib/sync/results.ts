import type { OperationPhase, ResourceResult, SyncPhase } from '../app/status.ts'
import { keyText, type ResourceKey } from '../manifest/key.ts'
import type { Permission } from './sync-options.ts'
import type { Task } from './task.ts'

/** Tells results, and tasks, apart: a hook may run in several phases. */
export const resultId = (of: {
  readonly key: ResourceKey
  readonly syncPhase: SyncPhase
}): string => `${of.syncPhase} ${keyText(of.key)}`

/** `group/Kind/name`, as messages about a sync name an object. */
export const objectName = ({ group, kind, name }: ResourceKey): string => `${group}/${kind}/${name}`

/** Says what an apply did, in kubectl's words. Its task runs on until the object is healthy (6.9). */
export function resultOfApply(
  task: Task,
  outcome: 'created' | 'configured' | 'unchanged',
  options: { readonly dryRun: boolean; readonly serverSide: boolean },
): ResourceResult {
  const { group, kind, name } = task.key
  const type = (group === '' ? kind : `${kind}.${group}`).toLowerCase()
  const words = options.serverSide ? 'serverside-applied' : outcome
  return {
    ...blank(task),
    status: 'Synced',
    message: `${type}/${name} ${words}${mark(options.dryRun)}`,
    // A dry run leaves nothing behind whose health could be awaited.
    hookPhase: options.dryRun ? 'Succeeded' : 'Running',
  }
}

export const resultOfFailure = (task: Task, message: string): ResourceResult => ({
  ...blank(task),
  status: 'SyncFailed',
  message,
  hookPhase: 'Failed',
})

export interface PruneOptions {
  readonly dryRun: boolean
  /** Whether this operation prunes at all. */
  readonly enabled: boolean
  /** The object's own say (`Prune=false`, `Prune=confirm`). */
  readonly allowed: Permission
  /** Why the object was kept although it may be pruned: proof was missing (law 7). */
  readonly kept?: string
}

/**
 * What becomes of an object that left Git, in Argo CD's words. `Prune=confirm` keeps it: the
 * confirmation is not there yet, and without one nothing is deleted.
 */
export function resultOfPrune(task: Task, options: PruneOptions): ResourceResult {
  const kept = keptBecause(options)
  return {
    ...blank(task),
    status: kept === undefined ? 'Pruned' : 'PruneSkipped',
    message: kept === undefined ? `pruned${mark(options.dryRun)}` : `ignored (${kept})`,
    hookPhase: 'Succeeded',
  }
}

/** Whether a prune task deletes its object. */
export const mayPrune = (options: PruneOptions): boolean => keptBecause(options) === undefined

function keptBecause({ enabled, allowed, kept }: PruneOptions): string | undefined {
  if (!enabled) return 'requires pruning'
  if (allowed === 'no') return 'no prune'
  if (allowed === 'confirm') return 'requires pruning confirmation'
  return kept
}

/** Results after a step: what is new replaces what was known of the same task, or is added. */
export function mergeResults(
  old: readonly ResourceResult[],
  fresh: readonly ResourceResult[],
): readonly ResourceResult[] {
  const merged = new Map(old.map((result) => [resultId(result), result]))
  for (const result of fresh) merged.set(resultId(result), result)
  return [...merged.values()]
}

const blank = (task: Task): Omit<ResourceResult, 'status' | 'message' | 'hookPhase'> => ({
  key: task.key,
  version: task.version,
  syncPhase: task.phase,
  ...(task.hookType !== undefined && { hookType: task.hookType }),
})

const mark = (dryRun: boolean): string => (dryRun ? ' (dry run)' : '')

/** The phases in which nothing is going to change any more by itself. */
export const hasFailed = (phase: OperationPhase | undefined): boolean =>
  phase === 'Failed' || phase === 'Error'
