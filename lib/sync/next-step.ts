import { TASKS_PER_STEP_MAX } from './operation-limits.ts'
import { compareStages, firstStage } from './plan-order.ts'
import { hasVanished } from './settle-results.ts'
import { applyFailure, taskFailure, timeoutMessage, waitMessage } from './step-messages.ts'
import type { Step, SyncProgress } from './task.ts'
import { endsWithHooks, type TaskView, viewsOf } from './task-view.ts'

/**
 * Decides what a sync does next (law 4; 6.9 rules 9 to 16). Pure, so a worker may die between any
 * two steps: the next one observes again and asks again. After a `run` whose tasks all succeeded
 * and that was the last one, asking again with the new results answers `finish` at once.
 *
 * A wave begins when everything before it is healthy. Nobody waits for the health of the last
 * wave: a sync of one phase and wave is over when all is applied. Hooks are always waited for, and
 * in a sync of several stages so are the objects beside those in the last one.
 */
export function nextStep(progress: SyncProgress): Step {
  const views = viewsOf(progress)
  if (progress.dryRun) return nextDryRun(progress, views)

  const regular = views.filter(({ task }) => task.phase !== 'SyncFail')
  const failure = failureOf(regular)
  if (failure !== undefined) return afterFailure(progress, views, failure)

  const open = regular.filter(({ state }) => state !== 'done')
  if (open.length === 0) return { do: 'finish', phase: 'Succeeded', message: successOf(regular) }
  const hooksAtEnd = endsWithHooks(regular.map(({ task }) => task))
  return runOrWait(progress, open, hooksAtEnd)
}

function runOrWait(progress: SyncProgress, open: readonly TaskView[], hooksAtEnd: boolean): Step {
  if (progress.now >= progress.deadline)
    return { do: 'finish', phase: 'Failed', message: timeoutMessage(open) }

  const { phase, wave } = firstStage(open.map(({ task }) => task))
  const here = open.filter(({ task }) => compareStages(task, { phase, wave }) === 0)
  const tasks = here.filter(({ state }) => state === 'pending').map(({ task }) => task)
  if (tasks.length === 0) return { do: 'wait', message: waitMessage(here) }
  const batch = tasks.slice(0, TASKS_PER_STEP_MAX)
  const isLast = batch.length === open.length && !hooksAtEnd
  return { do: 'run', phase, wave, tasks: batch, isLast }
}

/** A dry run tries every task, whatever becomes of the others, and waits for nothing. */
function nextDryRun(progress: SyncProgress, views: readonly TaskView[]): Step {
  const pending = views.filter(({ state }) => state === 'pending')
  if (pending.length > 0) return runOrWait(progress, pending, false)
  const failed = views.filter(({ state }) => state === 'failed')
  return failed.length > 0
    ? { do: 'finish', phase: 'Failed', message: applyFailure(failed, ' (dry run)') }
    : { do: 'finish', phase: 'Succeeded', message: NOTHING_LEFT }
}

function failureOf(views: readonly TaskView[]): string | undefined {
  const failed = views.filter(({ state }) => state === 'failed')
  if (failed.length === 0) return undefined
  const unapplied = failed.filter(
    ({ result }) => result?.status === 'SyncFailed' && !hasVanished(result),
  )
  return unapplied.length > 0 ? applyFailure(unapplied) : taskFailure(failed)
}

/** The SyncFail hooks run once and are waited for; then the sync fails for the reason it had (6.9-12). */
function afterFailure(progress: SyncProgress, views: readonly TaskView[], message: string): Step {
  const open = views.filter(
    ({ task, state }) => task.phase === 'SyncFail' && (state === 'pending' || state === 'waiting'),
  )
  if (open.length === 0 || progress.now >= progress.deadline)
    return { do: 'finish', phase: 'Failed', message }
  return runOrWait(progress, open, true)
}

const NOTHING_LEFT = 'successfully synced (no more tasks)'

const successOf = (regular: readonly TaskView[]): string =>
  regular.length === 0 || endsWithHooks(regular.map(({ task }) => task))
    ? NOTHING_LEFT
    : 'successfully synced (all tasks run)'
