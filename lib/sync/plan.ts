import type { ResourceSelector } from '../app/status.ts'
import type { ResourceKey } from '../manifest/key.ts'
import { hookPhasesOf, isHook } from './hooks.ts'
import { moveToFirstUse } from './move-to-first-use.ts'
import { compareTasks, isPrune } from './plan-order.ts'
import { syncOptionsOf } from './sync-options.ts'
import type { ComparedResource, Task } from './task.ts'
import { waveOf } from './waves.ts'

export interface PlanOptions {
  /** Absent: everything. */
  readonly selected?: readonly ResourceSelector[]
  readonly pruneLast: boolean
  /** Set for partial syncs and the `apply` strategy (1.5). */
  readonly skipHooks: boolean
  readonly applyOutOfSyncOnly: boolean
}

/**
 * All that a sync will do, in the order in which it will do it (6.9 rules 4 to 7): by phase and
 * wave; within a wave prunes first, then applies by kind and name. A resource is pruned only if it
 * is provably our own, could be read and is no hook (law 7); hooks get one task a phase.
 */
export function planTasks(
  resources: readonly ComparedResource[],
  options: PlanOptions,
): readonly Task[] {
  const tasks = resources
    .filter((resource) => isSelected(resource.key, options.selected))
    .flatMap((resource) => tasksOf(resource, options))
  return moveToFirstUse(placePrunes(tasks, options.pruneLast)).toSorted(compareTasks)
}

function tasksOf(resource: ComparedResource, options: PlanOptions): readonly Task[] {
  const { key, version, target, live, unreadable } = resource
  const common = {
    key,
    version,
    ...(live !== undefined && { live }),
    ...(unreadable !== undefined && { unreadable }),
  }
  if (target === undefined) {
    const isCandidate =
      live !== undefined && resource.isOwn && unreadable === undefined && !isHook(live)
    return isCandidate ? [{ ...common, phase: 'Sync', wave: waveOf(live) }] : []
  }
  const wave = waveOf(target)
  if (isHook(target)) {
    if (options.skipHooks) return []
    return hookPhasesOf(target).map((phase) => ({
      ...common,
      phase,
      wave,
      target,
      hookType: phase,
    }))
  }
  if (options.applyOutOfSyncOnly && resource.status === 'Synced') return []
  return [{ ...common, phase: 'Sync', wave, target }]
}

const isSelected = (key: ResourceKey, selected: PlanOptions['selected']): boolean =>
  selected === undefined ||
  selected.some(
    ({ group = '', kind, name, namespace = '' }) =>
      group === key.group &&
      kind === key.kind &&
      name === key.name &&
      (namespace === '' || namespace === key.namespace),
  )

/**
 * Objects are pruned in the reverse order of their creation: the waves of all prunes are mirrored,
 * lowest for highest. With PruneLast, for all or by annotation, they come after every wave (6.9-6).
 */
function placePrunes(tasks: readonly Task[], pruneLast: boolean): readonly Task[] {
  const waves = [...new Set(tasks.filter(isPrune).map((task) => task.wave))].toSorted(
    (a, b) => a - b,
  )
  const mirrored = new Map(waves.map((wave, index) => [wave, waves.at(-1 - index) ?? wave]))
  const inSync = tasks.filter((task) => task.phase === 'Sync').map((task) => task.wave)
  const last = inSync.reduce((a, b) => Math.max(a, b), 0) + 1

  const isLast = (task: Task): boolean =>
    pruneLast || (task.live !== undefined && syncOptionsOf(task.live).pruneLast)
  return tasks.map((task) =>
    isPrune(task)
      ? { ...task, wave: isLast(task) ? last : (mirrored.get(task.wave) ?? task.wave) }
      : task,
  )
}
