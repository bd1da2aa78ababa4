import type { OperationPhase, ResourceResult } from '../app/status.ts'
import { keyText } from '../manifest/key.ts'
import { objectName } from './results.ts'
import type { ComparedResource } from './task.ts'

/**
 * Lets the running results follow what is seen now (6.9-9). Ordinary objects: without health or
 * Healthy → Succeeded, Degraded → Failed. Hooks (1.5): Unknown → Failed too. An object that is
 * gone again has failed; one that could not be read keeps running.
 */
export function settleResults(
  results: readonly ResourceResult[],
  resources: readonly ComparedResource[],
): readonly ResourceResult[] {
  const seen = new Map(resources.map((resource) => [keyText(resource.key), resource]))
  return results.map((result) => {
    const resource = seen.get(keyText(result.key))
    if (result.status !== 'Synced' || result.hookPhase !== 'Running') return result
    if (resource === undefined || resource.unreadable !== undefined) return result
    return settle(result, resource)
  })
}

/** Whether an object was applied and is gone again, as opposed to refused. */
export const hasVanished = (result: ResourceResult): boolean =>
  result.status === 'SyncFailed' && result.hookPhase === 'Error'

function settle(result: ResourceResult, { health }: ComparedResource): ResourceResult {
  if (health?.status === 'Missing') {
    const message = `Resource ${objectName(result.key)} is missing, it might have been deleted`
    return { ...result, status: 'SyncFailed', message, hookPhase: 'Error' }
  }
  const phase = phaseFrom(health?.status, result.hookType !== undefined)
  return phase === 'Running' ? result : { ...result, hookPhase: phase }
}

function phaseFrom(
  health: NonNullable<ComparedResource['health']>['status'] | undefined,
  isHook: boolean,
): OperationPhase {
  if (health === undefined || health === 'Healthy') return 'Succeeded'
  if (health === 'Degraded') return 'Failed'
  return isHook && health === 'Unknown' ? 'Failed' : 'Running'
}
