import type { Health } from '../app/status.ts'
import { annotation, type Manifest } from '../manifest/manifest.ts'
import { isObject, type JsonObject } from '../std/json.ts'
import { conditionsOf, health, type HealthRule, listAt, numberAt, textAt } from './fields.ts'

/** Treats a pod as one that is meant to run for ever, whatever its restart policy; users set it. */
const IGNORE_RESTART_POLICY = 'argocd.argoproj.io/ignore-restart-policy'
const HOOK_ANNOTATIONS = ['argocd.argoproj.io/hook', 'helm.sh/hook'] as const

export const podHealth: HealthRule = (live) => {
  const runsForEver = isMeantToRun(live)
  const failing = listAt(live, 'status', 'containerStatuses').filter(isFailingToStart)
  // A finite pod may still get its image: failing early would fail the hook that it may be.
  if (runsForEver && failing.length > 0) {
    const messages = failing.map((status) => textAt(status, 'state', 'waiting', 'message'))
    return health('Degraded', messages.join(', '))
  }
  const message = textAt(live, 'status', 'message')
  switch (textAt(live, 'status', 'phase')) {
    case 'Pending':
      return health('Progressing', message)
    case 'Succeeded':
      return health('Healthy', message)
    case 'Failed':
      return health('Degraded', message === '' ? failureOf(live) : message)
    case 'Running':
      return runsForEver ? runningHealth(live, message) : health('Progressing', message)
    default:
      return health('Unknown', message)
  }
}

const isMeantToRun = (live: Manifest): boolean =>
  textAt(live, 'spec', 'restartPolicy') === 'Always' ||
  (annotation(live, IGNORE_RESTART_POLICY) === 'true' &&
    HOOK_ANNOTATIONS.every((name) => annotation(live, name) === undefined))

const isFailingToStart = (status: JsonObject): boolean =>
  /^Err|Error$|BackOff$/.test(textAt(status, 'state', 'waiting', 'reason'))

function runningHealth(live: Manifest, message: string): Health {
  const ready = conditionsOf(live).find(({ type }) => type === 'Ready')
  if (ready?.status === 'True') return health('Healthy', message)
  const hasDied = listAt(live, 'status', 'containerStatuses').some((status) =>
    isObject(terminated(status, 'lastState')),
  )
  return health(hasDied ? 'Degraded' : 'Progressing', message)
}

const terminated = (status: JsonObject, state: 'state' | 'lastState') => {
  const value = status[state]
  return isObject(value) ? value['terminated'] : undefined
}

function failureOf(live: Manifest): string {
  const statuses = [
    ...listAt(live, 'status', 'initContainerStatuses'),
    ...listAt(live, 'status', 'containerStatuses'),
  ]
  return statuses.map(containerFailure).find((failure) => failure !== '') ?? ''
}

function containerFailure(status: JsonObject): string {
  const end = terminated(status, 'state')
  if (!isObject(end)) return ''
  const message = textAt(end, 'message')
  if (message !== '') return message
  if (textAt(end, 'reason') === 'OOMKilled') return 'OOMKilled'
  const exitCode = numberAt(end, 'exitCode')
  return exitCode === 0
    ? ''
    : `container "${textAt(status, 'name')}" failed with exit code ${exitCode}`
}

export const jobHealth: HealthRule = (live) => {
  const conditions = new Map(conditionsOf(live).map((condition) => [condition.type, condition]))
  const failed = conditions.get('Failed')
  if (failed !== undefined) return health('Degraded', failed.message)
  const suspended = conditions.get('Suspended')
  if (suspended?.status === 'True') return health('Suspended', suspended.message)
  // A job that was resumed keeps its condition, with the status `False`, and is at work again.
  const complete = conditions.get('Complete')
  return complete === undefined ? health('Progressing') : health('Healthy', complete.message)
}
