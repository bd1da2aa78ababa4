import { REASONS_MAX } from './operation-limits.ts'
import { objectName } from './results.ts'
import type { TaskView } from './task-view.ts'

/** What a sync waits for, in Argo CD's words; hooks are named before objects. */
export function waitMessage(waiting: readonly TaskView[]): string {
  const hooks = waiting.filter(({ task }) => task.hookType !== undefined)
  const plain = waiting.filter(({ task }) => task.hookType === undefined)
  const applied = plain.filter(({ task }) => task.target !== undefined)
  if (hooks.length > 0) return `waiting for completion of hook ${namesOf(hooks, 'hooks')}`
  if (applied.length > 0) return `waiting for healthy state of ${namesOf(applied, 'resources')}`
  return `waiting for deletion of ${namesOf(plain, 'resources')}`
}

/** Names what blocked a sync until its deadline (law 6): what it waited for, else what it had not begun. */
export function timeoutMessage(open: readonly TaskView[]): string {
  const waiting = open.filter(({ state }) => state === 'waiting')
  if (waiting.length > 0) {
    const health = waiting[0]?.resource?.health
    const seen = health === undefined ? '' : ` (${healthText(health)})`
    return `operation timed out while ${waitMessage(waiting)}${seen}`
  }
  return `operation timed out before the sync of ${namesOf(open, 'resources')}`
}

/** For objects that the cluster, or we, refused to apply or prune. */
export const applyFailure = (failed: readonly TaskView[], mark = ''): string =>
  withReasons(`one or more objects failed to apply${mark}`, failed)

/** For objects and hooks that were applied and turned out badly. */
export const taskFailure = (failed: readonly TaskView[]): string =>
  withReasons('one or more synchronization tasks completed unsuccessfully', failed)

function withReasons(message: string, failed: readonly TaskView[]): string {
  const reasons = [...new Set(failed.map(reasonOf))].filter((reason) => reason !== '')
  if (reasons.length === 0) return message
  const more = reasons.length - REASONS_MAX
  const shown = reasons.slice(0, REASONS_MAX).join(',')
  return `${message}, reason: ${shown}${more > 0 ? ` and ${more} more` : ''}`
}

function reasonOf({ task, result, resource }: TaskView): string {
  if (result?.status === 'SyncFailed') return result.message ?? ''
  const name = objectName(task.key)
  return resource?.health === undefined ? name : `${name} is ${healthText(resource.health)}`
}

const healthText = ({ status, message }: { status: string; message?: string }): string =>
  message === undefined || message === '' ? status : `${status}: ${message}`

function namesOf(views: readonly TaskView[], plural: string): string {
  const [first] = views
  if (first === undefined) return plural
  const more = views.length - 1
  return objectName(first.task.key) + (more > 0 ? ` and ${more} more ${plural}` : '')
}
