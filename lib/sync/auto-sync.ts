import {
  type ApplicationSpec,
  type AutomatedPolicy,
  isAutomated,
  type RetryStrategy,
  sourcesOf,
} from '../app/application.ts'
import {
  isFinished,
  type Operation,
  type OperationState,
  type ResourceSelector,
  type Snapshot,
  type SyncStatus,
} from '../app/status.ts'
import { type Json, jsonEqual, parseJson, stringifyJson } from '../std/json.ts'
import { isHook } from './hooks.ts'
import { selfHealDelayMs } from './self-heal.ts'
import type { ComparedResource } from './task.ts'

export interface AutoSyncInput {
  readonly spec: ApplicationSpec
  readonly resources: readonly ComparedResource[]
  readonly sync: SyncStatus
  /** What was compared. */
  readonly snapshot: Snapshot
  /** The operation that ran last, if any. */
  readonly last?: OperationState
  readonly now: number
}

export type AutoSyncDecision =
  | { readonly do: 'sync'; readonly sync: Operation['sync']; readonly retry: RetryStrategy }
  | {
      readonly do: 'skip'
      /** Message of a `SyncError` condition. */
      readonly condition?: string
      /** When to look again, epoch ms: only time stands in the way. */
      readonly retryAt?: number
    }

/**
 * Whether automated sync begins an operation now, in the order of Argo CD's rules (6.7). The
 * caller knows that no operation runs and that the Application is not being deleted.
 */
export function decideAutoSync(input: AutoSyncInput): AutoSyncDecision {
  const { spec, snapshot } = input
  const policy = spec.syncPolicy?.automated
  if (policy === undefined || !isAutomated(spec) || input.sync !== 'OutOfSync') return SKIP
  const resources = input.resources.filter(isCounted)
  if (policy.prune !== true && onlyNeedPruning(resources)) return SKIP

  const heal = decideSelfHeal(input, policy, resources)
  if (heal.do === 'skip') return heal
  if (wouldWipeOut(policy, resources))
    return skip(
      `Skipping sync attempt to ${textOf(snapshot)}: auto-sync will wipe out all resources`,
    )
  return {
    do: 'sync',
    sync: {
      revisions: snapshot.revisions,
      sources: sourcesOf(spec),
      prune: policy.prune === true,
      ...(spec.syncPolicy?.syncOptions !== undefined && {
        syncOptions: spec.syncPolicy.syncOptions,
      }),
      ...heal.part,
    },
    retry: spec.syncPolicy?.retry ?? { limit: AUTO_RETRY_LIMIT },
  }
}

type HealDecision =
  | {
      readonly do: 'sync'
      readonly part: Pick<Operation['sync'], 'resources' | 'autoHealAttempts'>
    }
  | Extract<AutoSyncDecision, { readonly do: 'skip' }>

/** What was tried before is tried again only to heal drift, and only after its backoff. */
function decideSelfHeal(
  { spec, snapshot, last, now }: AutoSyncInput,
  policy: AutomatedPolicy,
  resources: readonly ComparedResource[],
): HealDecision {
  if (last === undefined || !isSameAttempt(last, spec, snapshot)) return { do: 'sync', part: {} }
  if (!isFinished(last.phase)) return SKIP
  if (last.phase !== 'Succeeded')
    return skip(`Failed last sync attempt to ${textOf(snapshot)}: ${last.message}`)
  if (policy.selfHeal !== true) return SKIP

  const attempts = last.operation.sync.autoHealAttempts ?? 0
  const retryAt = (last.finishedAt ?? last.startedAt) + selfHealDelayMs(attempts)
  if (now < retryAt) return { do: 'skip', retryAt }
  const drifted = resources.filter((resource) => resource.status !== 'Synced').map(selectorOf)
  return { do: 'sync', part: { resources: drifted, autoHealAttempts: attempts + 1 } }
}

/** A dry run is no attempt: it changed nothing. */
const isSameAttempt = (last: OperationState, spec: ApplicationSpec, snapshot: Snapshot): boolean =>
  last.operation.sync.dryRun !== true &&
  jsonEqual(last.snapshot.revisions, snapshot.revisions) &&
  jsonEqual(jsonOf(last.sources), jsonOf(sourcesOf(spec)))

const jsonOf = (value: unknown): Json => parseJson(stringifyJson(value))

/** In the cluster, ours beyond doubt, and not in Git any more. */
export const requiresPruning = (resource: ComparedResource): boolean =>
  resource.target === undefined && resource.live !== undefined && resource.isOwn

const onlyNeedPruning = (resources: readonly ComparedResource[]): boolean =>
  resources.every((resource) => resource.status === 'Synced' || requiresPruning(resource))

const wouldWipeOut = (policy: AutomatedPolicy, resources: readonly ComparedResource[]): boolean =>
  policy.prune === true && policy.allowEmpty !== true && resources.every(requiresPruning)

/** Hooks have no sync status, so they are no reason to sync and none against it (6.3-9). */
function isCounted({ target, live }: ComparedResource): boolean {
  const manifest = target ?? live
  return manifest === undefined || !isHook(manifest)
}

const selectorOf = ({ key }: ComparedResource): ResourceSelector => ({
  ...(key.group !== '' && { group: key.group }),
  kind: key.kind,
  name: key.name,
  ...(key.namespace !== '' && { namespace: key.namespace }),
})

/** Retries of an automated sync when the Application says nothing about them. */
const AUTO_RETRY_LIMIT = 5

const SKIP = { do: 'skip' } as const
const skip = (condition: string) => ({ do: 'skip', condition }) as const

const textOf = ({ revisions }: Snapshot): string => `[${revisions.join(' ')}]`
