import type { ResourceResult } from '../app/status.ts'
import { keyText } from '../manifest/key.ts'
import { compareStages, firstStage, lastStage } from './plan-order.ts'
import { hasFailed, resultId } from './results.ts'
import { hasVanished, settleResults } from './settle-results.ts'
import type { ComparedResource, SyncProgress, Task } from './task.ts'

/** `waiting`: applied and not yet healthy, or pruned and not yet gone, and something depends on it. */
export type TaskStateName = 'pending' | 'waiting' | 'done' | 'failed'

export interface TaskView {
  readonly task: Task
  readonly state: TaskStateName
  readonly result?: ResourceResult
  readonly resource?: ComparedResource
}

/** Each task with what was done about it and what is seen of its object. */
export function viewsOf(progress: SyncProgress): readonly TaskView[] {
  const resources = new Map(progress.resources.map((item) => [keyText(item.key), item]))
  const raw = new Map(progress.results.map((result) => [resultId(result), result]))
  const settled = new Map(
    settleResults(progress.results, progress.resources).map((result) => [resultId(result), result]),
  )
  const isJudged = judge(progress)
  return progress.tasks.map((task) => {
    const id = resultId({ key: task.key, syncPhase: task.phase })
    const result = (isJudged(task) ? settled : raw).get(id)
    const resource = resources.get(keyText(task.key))
    const state = stateOf(result, isJudged(task), resource)
    return {
      task,
      state,
      ...(result !== undefined && { result }),
      ...(resource !== undefined && { resource }),
    }
  })
}

/** Tells the tasks whose health decides on from those that only have to be applied (6.9-10, 6.9-16). */
function judge({ tasks, dryRun }: SyncProgress): (task: Task) => boolean {
  const regular = tasks.filter((task) => task.phase !== 'SyncFail')
  if (dryRun || regular.length === 0) return (task) => !dryRun && task.hookType !== undefined
  const last = lastStage(regular)
  const isMultiStep = compareStages(firstStage(regular), last) !== 0
  const waitsForAll = isMultiStep && endsWithHooks(regular)
  return (task) => task.hookType !== undefined || waitsForAll || compareStages(task, last) < 0
}

/** Whether hooks run in the last stage of these tasks. */
export function endsWithHooks(tasks: readonly Task[]): boolean {
  const hooks = tasks.filter((task) => task.hookType !== undefined)
  return hooks.length > 0 && compareStages(lastStage(hooks), lastStage(tasks)) === 0
}

function stateOf(
  result: ResourceResult | undefined,
  isJudged: boolean,
  resource: ComparedResource | undefined,
): TaskStateName {
  if (result?.status === undefined) return 'pending'
  // Nobody looks after what is not judged: that it went away later is not this sync's failure.
  if (!isJudged) return result.status === 'SyncFailed' && !hasVanished(result) ? 'failed' : 'done'
  if (result.status === 'SyncFailed') return 'failed'
  if (hasFailed(result.hookPhase)) return 'failed'
  if (result.status === 'Pruned')
    return resource?.live?.metadata.deletionTimestamp === undefined ? 'done' : 'waiting'
  return result.hookPhase === 'Running' ? 'waiting' : 'done'
}
