import type { OperationState, ResourceResult } from '../app/status.ts'
import type { Cluster } from '../cluster/port.ts'
import { keyText } from '../manifest/key.ts'
import { noteCreation } from '../state/clusters.ts'
import { dropDocuments, type InventoryEntry, stageDocuments } from '../state/documents.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { takeLease } from '../state/rounds.ts'
import { nextStep } from '../sync/next-step.ts'
import { hooksOf } from '../sync/hooks.ts'
import { deadlineOf, REASONS_MAX } from '../sync/operation-limits.ts'
import { planTasks } from '../sync/plan.ts'
import { mergeResults, objectName, resultOfFailure } from '../sync/results.ts'
import { settleResults } from '../sync/settle-results.ts'
import { parseSyncOptions, type SyncOptions, syncOptionsOf } from '../sync/sync-options.ts'
import type { Step, SyncProgress, Task } from '../sync/task.ts'
import { byKey, type Compared } from './compared.ts'
import { inventoryWith } from './inventory.ts'
import { endAttempt, finished, syncOptionsInForce } from './operation.ts'
import type { Ports } from './ports.ts'
import { ensureNamespace } from './ensure-namespace.ts'
import { runTasks } from './run-tasks.ts'

/** Pause between two waves, so that controllers can take notice (Argo CD 6.9-14). */
export const WAVE_DELAY_MS = 2_000
/** First pause before a wave's health is looked at again; it doubles with every look in vain. */
export const WAIT_MS = 1_000
export const WAIT_MAX_MS = 30_000

export interface StepRequest {
  readonly record: ApplicationRecord
  /** The registered cluster that is acted on. */
  readonly server: string
  readonly operation: OperationState
  readonly resources: readonly Compared[]
  readonly inventory: readonly InventoryEntry[]
  /** A newer snapshot exists and may replace this sync at a wave boundary (law 6). */
  readonly mayBeOvertaken: boolean
}

export type StepTaken =
  | { readonly outcome: 'lost' }
  | { readonly outcome: 'overtaken' }
  | {
      readonly outcome: 'done'
      /** The record under the lease, when one was taken. */
      readonly record: ApplicationRecord
      readonly operation: OperationState
      readonly resources: readonly Compared[]
      readonly inventory: readonly InventoryEntry[]
      readonly due?: number
    }

/**
 * Takes at most one step of a sync (law 4). The lease, and with it the inventory of all
 * that is about to be applied, is durable before the first write to the cluster (laws 2 and 7).
 */
export async function takeStep(
  ports: Ports,
  cluster: Cluster,
  request: StepRequest,
): Promise<StepTaken> {
  const { operation, resources } = request
  const now = ports.clock.now()
  const done = { outcome: 'done', ...request } as const

  if (request.record.terminate === operation.operation.id) {
    return {
      ...done,
      operation: finished(operation, 'Failed', { message: 'Operation terminated', now }),
    }
  }
  const message = notThereYet(request)
  if (message !== undefined) {
    return { ...done, operation: finished(operation, 'Failed', { message, now }) }
  }
  const progress = progressOf(request, now)
  const refused = refusedTasks(progress, resources)
  if (refused.length > 0) return { ...done, ...conclude(operation, refusal(refused), now) }

  const step = nextStep(progress)
  if (step.do !== 'run')
    return {
      ...done,
      ...conclude(operation, { step, results: progress.results, ...waitsOf(request) }, now),
    }
  if (request.mayBeOvertaken && operation.results.length > 0) return { outcome: 'overtaken' }
  return runStep(ports, cluster, request, { step, progress })
}

async function runStep(
  ports: Ports,
  cluster: Cluster,
  request: StepRequest,
  { step, progress }: { step: Extract<Step, { do: 'run' }>; progress: SyncProgress },
): Promise<StepTaken> {
  const { operation } = request
  const inventory = progress.dryRun
    ? request.inventory
    : inventoryWith(request.inventory, step.tasks, request.server)
  const creates = step.tasks.some(({ target, live }) => target !== undefined && live === undefined)
  if (creates && !progress.dryRun) await announceCreation(ports, request)
  const staged = await stageDocuments(ports, request.record, { inventory }, () => ports.ids.next())
  const record = await takeLease(ports.state, request.record, {
    owner: ports.ids.next(),
    now: ports.clock.now(),
    documents: staged.documents,
  })
  if (record === undefined) return { outcome: 'lost' }
  await dropDocuments(ports.state, record.tenant, staged.stale)

  const obstacle = progress.dryRun ? undefined : await ensureNamespace(cluster, record, request)
  if (obstacle !== undefined) {
    const failed: Step = { do: 'finish', phase: 'Failed', message: obstacle }
    const stopped = { step: failed, results: progress.results }
    return {
      ...request,
      outcome: 'done',
      record,
      ...conclude(operation, stopped, ports.clock.now()),
    }
  }
  const ran = await runTasks(ports, cluster, {
    record,
    step,
    resources: request.resources,
    prune: progress.prune,
    dryRun: progress.dryRun,
    syncOptions: syncOptionsInForce(record, operation.operation),
  })
  if (ran === 'lost') return { outcome: 'lost' }

  const now = ports.clock.now()
  const results = mergeResults(progress.results, ran.results)
  // Health is judged by the next round: what was applied this instant may still show its past.
  const isBetweenWaves =
    !step.isLast && !ran.results.some((result) => result.status === 'SyncFailed')
  const after: Step = isBetweenWaves
    ? step
    : nextStep({ ...progress, results, resources: ran.resources, now })
  return {
    outcome: 'done',
    record,
    resources: ran.resources,
    inventory,
    ...conclude(operation, { step: after, results, ...waitsOf(request) }, now),
  }
}

const announceCreation = (ports: Ports, { record, server }: StepRequest): Promise<void> =>
  noteCreation(ports.state, record.tenant, server, {
    id: ports.ids.next(),
    app: record.name,
    at: ports.clock.now(),
  })

/** Where the operation stands after a step, and when to go on with it. */
function conclude(
  operation: OperationState,
  after: {
    readonly step: Step
    readonly results: readonly ResourceResult[]
    readonly waits?: number
  },
  now: number,
): { readonly operation: OperationState; readonly due?: number } {
  const { step, results, waits = 0 } = after
  const state = { ...operation, results }
  const waitMs = Math.min(WAIT_MS * 2 ** waits, WAIT_MAX_MS)
  switch (step.do) {
    case 'run':
      return { operation: state, due: now + WAVE_DELAY_MS }
    case 'wait':
      return { operation: { ...state, message: step.message }, due: now + waitMs }
    case 'finish':
      return endAttempt(state, step.phase, { message: step.message, now })
  }
}

const waitsOf = ({ record }: StepRequest) => ({ waits: record.seen.summary?.waits ?? 0 })

/** What the sync asks for and the product does not do yet: better refused than done half. */
function notThereYet({ operation, resources, record }: StepRequest): string | undefined {
  const hooks = skipsHooks(operation) ? [] : hooksOf(resources)
  if (hooks.length > 0) {
    const names = hooks.map(({ key, phases }) => `${phases.join(',')} ${objectName(key)}`)
    return `resource hooks are not there yet: ${names.join(', ')}; remove the hook annotation, or sync with strategy 'apply' to leave them out`
  }
  const appWide = syncOptionsInForce(record, operation.operation)
  const options = [
    parseSyncOptions(appWide),
    ...resources.flatMap(({ target }) =>
      target === undefined ? [] : [syncOptionsOf(target, appWide)],
    ),
  ]
  const names = UNSUPPORTED.filter(([field]) => options.some((one) => one[field] === true)).map(
    ([, name]) => name,
  )
  if (operation.operation.sync.force === true) names.push('Force=true')
  return names.length === 0
    ? undefined
    : `sync options that are not there yet: ${[...new Set(names)].join(', ')}; remove them to sync`
}

const UNSUPPORTED = [
  ['replace', 'Replace=true'],
  ['force', 'Force=true'],
  ['respectIgnoreDifferences', 'RespectIgnoreDifferences=true'],
  ['failOnSharedResource', 'FailOnSharedResource=true'],
] as const satisfies (readonly [keyof SyncOptions, string])[]

const skipsHooks = ({ operation }: OperationState): boolean =>
  operation.sync.strategy === 'apply' || operation.sync.resources !== undefined

function progressOf(request: StepRequest, now: number): SyncProgress {
  const { operation, resources, record } = request
  const { sync } = operation.operation
  const options = parseSyncOptions(syncOptionsInForce(record, operation.operation))
  return {
    tasks: planTasks(resources, {
      ...(sync.resources === undefined ? {} : { selected: sync.resources }),
      pruneLast: options.pruneLast,
      skipHooks: skipsHooks(operation),
      applyOutOfSyncOnly: options.applyOutOfSyncOnly,
    }),
    results: settleResults(operation.results, resources),
    resources,
    now,
    deadline: deadlineOf(operation),
    prune: sync.prune ?? false,
    dryRun: sync.dryRun ?? false,
  }
}

/** Tasks that the API server refused in the dry-run: then nothing at all is applied (Argo CD 6.9-8). */
function refusedTasks(
  progress: SyncProgress,
  resources: readonly Compared[],
): readonly { readonly task: Task; readonly refusal: string }[] {
  if (progress.results.length > 0) return []
  const compared = byKey(resources)
  return progress.tasks.flatMap((task) => {
    const refusal = task.target === undefined ? undefined : compared.get(keyText(task.key))?.refusal
    return refusal === undefined ? [] : [{ task, refusal }]
  })
}

const refusal = (refused: readonly { readonly task: Task; readonly refusal: string }[]) => ({
  step: {
    do: 'finish',
    phase: 'Failed',
    message: `one or more objects failed to apply (dry run), reason: ${refused
      .slice(0, REASONS_MAX)
      .map((one) => one.refusal)
      .join(', ')}`,
  } as const,
  results: refused.map((one) => resultOfFailure(one.task, one.refusal)),
})
