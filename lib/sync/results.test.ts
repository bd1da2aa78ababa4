import { expect, test } from 'vitest'
import { comparedResources } from '../../test/builders/compared-resources.ts'
import { planTasks } from './plan.ts'
import {
  mayPrune,
  mergeResults,
  type PruneOptions,
  resultOfApply,
  resultOfFailure,
  resultOfPrune,
} from './results.ts'
import type { Task } from './task.ts'

const taskOf = (text: string): Task => {
  const options = { pruneLast: false, skipHooks: false, applyOutOfSyncOnly: false }
  const [task] = planTasks(comparedResources(text), options)
  if (task === undefined) throw new TypeError(`no task for ${text}`)
  return task
}

const live = { dryRun: false, serverSide: false }

test.for([
  ['Deployment web', 'created', live, 'deployment.apps/web created', 'Running'],
  ['Service web', 'configured', live, 'service/web configured', 'Running'],
  ['ConfigMap web', 'unchanged', live, 'configmap/web unchanged', 'Running'],
  [
    'Service web',
    'created',
    { dryRun: true, serverSide: false },
    'service/web created (dry run)',
    'Succeeded',
  ],
  [
    'Deployment web',
    'configured',
    { dryRun: false, serverSide: true },
    'deployment.apps/web serverside-applied',
    'Running',
  ],
] as const)('applying %s: %s', ([text, outcome, options, message, hookPhase]) => {
  const task = taskOf(text)
  expect(resultOfApply(task, outcome, options)).toEqual({
    key: task.key,
    version: 'v1',
    syncPhase: 'Sync',
    status: 'Synced',
    message,
    hookPhase,
  })
})

test('the result of a hook names its type and phase', () => {
  expect(resultOfApply(taskOf('Job j hook=PreSync'), 'created', live)).toMatchObject({
    hookType: 'PreSync',
    syncPhase: 'PreSync',
    message: 'job.batch/j created',
  })
})

test('a failure keeps its message', () => {
  expect(resultOfFailure(taskOf('Service web'), 'spec is invalid')).toMatchObject({
    status: 'SyncFailed',
    message: 'spec is invalid',
    hookPhase: 'Failed',
  })
})

const prune: PruneOptions = { dryRun: false, enabled: true, allowed: 'yes' }

test.for([
  [{}, 'Pruned', 'pruned', true],
  [{ dryRun: true }, 'Pruned', 'pruned (dry run)', true],
  [{ enabled: false }, 'PruneSkipped', 'ignored (requires pruning)', false],
  [{ enabled: false, allowed: 'no' }, 'PruneSkipped', 'ignored (requires pruning)', false],
  [{ allowed: 'no' }, 'PruneSkipped', 'ignored (no prune)', false],
  [{ allowed: 'confirm' }, 'PruneSkipped', 'ignored (requires pruning confirmation)', false],
  [{ kept: 'owned by a controller' }, 'PruneSkipped', 'ignored (owned by a controller)', false],
  [{ dryRun: true, allowed: 'no' }, 'PruneSkipped', 'ignored (no prune)', false],
] as const)('pruning with %o: %s', ([part, status, message, allowed]) => {
  const result = resultOfPrune(taskOf('ConfigMap a extra'), { ...prune, ...part })
  expect([result.status, result.message, result.hookPhase]).toEqual([status, message, 'Succeeded'])
  expect(mayPrune({ ...prune, ...part })).toBe(allowed)
})

test('merging replaces results of the same object and phase in place, and adds the others', () => {
  const a = resultOfApply(taskOf('Service a'), 'created', live)
  const b = resultOfApply(taskOf('Service b'), 'created', live)
  const hookA = resultOfApply(taskOf('Service a hook=PreSync'), 'created', live)
  const again = resultOfFailure(taskOf('Service a'), 'gone')
  expect(mergeResults([a, b], [hookA, again])).toEqual([again, b, hookA])
})
