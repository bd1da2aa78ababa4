import type { ResourceResult } from '../app/status.ts'
import { type Cluster, FIELD_MANAGER } from '../cluster/port.ts'
import { liveRecordOf } from '../diff/fingerprint.ts'
import { ownershipPatch } from '../diff/ownership.ts'
import { describeFault, type Fault, faultOf, traitsOf } from '../fault/fault.ts'
import { healthOf } from '../health/health.ts'
import { keyText, type ResourceKey } from '../manifest/key.ts'
import { isCustomResourceDefinition } from '../manifest/kinds.ts'
import { type Manifest, valueAt } from '../manifest/manifest.ts'
import { mapPool } from '../std/pool.ts'
import { getApplication } from '../state/applications.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { mayPrune, resultOfApply, resultOfFailure, resultOfPrune } from '../sync/results.ts'
import { parseSyncOptions, type SyncOptions, syncOptionsOf } from '../sync/sync-options.ts'
import type { Step, Task } from '../sync/task.ts'
import { byKey, type Compared } from './compared.ts'
import { REQUESTS_AT_ONCE } from './observe.ts'
import type { Ports } from './ports.ts'

export interface RunRequest {
  /** Under the lease. */
  readonly record: ApplicationRecord
  readonly step: Extract<Step, { do: 'run' }>
  readonly resources: readonly Compared[]
  readonly prune: boolean
  readonly dryRun: boolean
  /** App-wide options, `Name=value` each. */
  readonly syncOptions: readonly string[]
}

export interface Ran {
  readonly results: readonly ResourceResult[]
  readonly resources: readonly Compared[]
}

/**
 * Runs one step: prunes side by side, then applies kind by kind, each kind's objects side by side
 * (Argo CD 6.9); after a kind that failed, nothing further. What fails is a result, not an
 * exception. After definitions were applied the step ends: their objects come with the next one,
 * when the cluster has had time to serve them. 'lost' when the fence is not ours any more, or its
 * time is up; then nothing further is written.
 */
export async function runTasks(
  ports: Ports,
  cluster: Cluster,
  request: RunRequest,
): Promise<Ran | 'lost'> {
  const resources = new Map(byKey(request.resources))
  const results: ResourceResult[] = []

  for (const group of batches(request.step.tasks)) {
    const outcomes = await mapPool(group, REQUESTS_AT_ONCE, async (task) => {
      if (isTimeUp(ports, request.record)) return 'lost'
      const resource = resources.get(keyText(task.key))
      const context: TaskContext = { ports, cluster, request, task, resource }
      return runTask(context)
    })
    for (const outcome of outcomes) {
      if (outcome === 'lost') return 'lost'
      if (outcome === 'later') continue
      results.push(outcome.result)
      if (request.dryRun) continue
      const name = keyText(outcome.result.key)
      if (outcome.resource === 'gone') resources.delete(name)
      else if (outcome.resource !== undefined) resources.set(name, outcome.resource)
    }
    // What comes next may need what failed: a namespace, a ConfigMap (Argo CD 6.9).
    if (results.some((result) => result.status === 'SyncFailed')) break
    const definesKinds = group.some(({ key, target }) => isDefinition(key) && target !== undefined)
    if (definesKinds && !request.dryRun) {
      cluster.refreshKinds()
      break
    }
  }
  return { results, resources: [...resources.values()] }
}

interface TaskContext {
  readonly ports: Ports
  readonly cluster: Cluster
  readonly request: RunRequest
  readonly task: Task
  readonly resource: Compared | undefined
}

type TaskOutcome =
  | 'lost'
  /** Its kind is not served yet; the next step tries again. */
  | 'later'
  | { readonly result: ResourceResult; readonly resource?: Compared | 'gone' }

async function runTask(context: TaskContext): Promise<TaskOutcome> {
  const { task } = context
  try {
    return await (task.target === undefined ? prune(context) : apply(context, task.target))
  } catch (error) {
    const fault = faultOf(error)
    if (traitsOf(fault).blame === 'system') throw error
    return { result: resultOfFailure(task, withRemedy(fault, task)) }
  }
}

/** The API server's words, and what to do where it does not say so. */
function withRemedy(fault: Fault, { key }: Task): string {
  const message = describeFault(fault)
  const isNamespaceMissing =
    fault.code === 'KubernetesError' &&
    fault.status === 404 &&
    message.includes(`namespaces "${key.namespace}" not found`)
  return isNamespaceMissing
    ? `${message}; create it, or sync with the option CreateNamespace=true`
    : message
}

async function apply(context: TaskContext, target: Manifest): Promise<TaskOutcome> {
  const { task, resource, request } = context
  const { dryRun } = request
  if (task.unreadable !== undefined) return { result: resultOfFailure(task, task.unreadable) }
  if (resource?.status === 'Synced') {
    return {
      result: resultOfApply(task, 'unchanged', { dryRun, serverSide: isServerSide(context) }),
    }
  }
  if (resource?.info === undefined) {
    const { group, kind, namespace, name } = task.key
    if (isDefinedHere(request, task)) {
      context.cluster.refreshKinds()
      return 'later'
    }
    return {
      result: resultOfFailure(
        task,
        `The Kubernetes API could not find ${group}/${kind} for requested resource ${namespace}/${name}. Make sure the "${kind}" CRD is installed on the destination cluster.`,
      ),
    }
  }
  const first = await attempt(context, target, resource.live)
  if (first !== 'moved') return first

  // Somebody wrote in between (law 3): look again, make sure that this is still ours, and try once more.
  if (!(await holdsLease(context))) return 'lost'
  const live = await context.cluster.get(resource.info, task.key.namespace, task.key.name)
  const second = await attempt(context, target, live)
  return second === 'moved'
    ? {
        result: resultOfFailure(
          task,
          'the object keeps changing while it is applied; it will be tried again',
        ),
      }
    : second
}

async function attempt(
  { cluster, request, task, resource, ports }: TaskContext,
  target: Manifest,
  live: Manifest | undefined,
): Promise<TaskOutcome | 'moved'> {
  const info = resource?.info
  if (resource === undefined || info === undefined) return 'moved'
  const { dryRun } = request
  try {
    const observed =
      live === undefined || dryRun ? live : await takeOwnership(cluster, resource, live)
    const { outcome, object } = await cluster.apply(info, target, {
      fieldManager: FIELD_MANAGER,
      force: true,
      dryRun,
      validate: optionsOfTarget(request, target).validate,
      ...(observed === undefined ? {} : { observed }),
    })
    const health = healthOf(object)
    const { refusal: _refusal, health: _before, ...rest } = resource
    return {
      result: resultOfApply(task, outcome, {
        dryRun,
        serverSide: optionsOfTarget(request, target).serverSideApply === true,
      }),
      resource: {
        ...rest,
        live: object,
        status: 'Synced',
        isOwn: true,
        ...(health === undefined ? {} : { health }),
        record: liveRecordOf(object, FIELD_MANAGER, {
          now: ports.clock.now(),
          ...(resource.targetDigest === undefined ? {} : { targetDigest: resource.targetDigest }),
        }),
      },
    }
  } catch (error) {
    if (isConflict(error)) return 'moved'
    throw error
  }
}

/** Nobody writes after his lease: another worker may have taken over (laws 2 and 3). */
const isTimeUp = (ports: Ports, { seen }: ApplicationRecord): boolean =>
  seen.lease === undefined || ports.clock.now() >= seen.lease.until

const isDefinition = ({ group, kind }: ResourceKey): boolean =>
  isCustomResourceDefinition(group, kind)

/** The kind of the task is defined by an object of the same sync. */
const isDefinedHere = ({ resources }: RunRequest, { key }: Task): boolean =>
  resources.some(
    (resource) =>
      isDefinition(resource.key) &&
      valueAt(resource.target, 'spec', 'group') === key.group &&
      valueAt(resource.target, 'spec', 'names', 'kind') === key.kind,
  )

/** Fields that a client-side apply owns are ours from now on, or they could never be removed (DESIGN 6). */
async function takeOwnership(
  cluster: Cluster,
  resource: Compared,
  live: Manifest,
): Promise<Manifest> {
  const patch = ownershipPatch(live, FIELD_MANAGER)
  return patch === undefined || resource.info === undefined
    ? live
    : cluster.patch(resource.info, resource.key, patch)
}

async function prune(context: TaskContext): Promise<TaskOutcome> {
  const { cluster, request, task, resource } = context
  const { dryRun } = request
  const live = resource?.live
  const options = optionsOfTarget(request, live)
  const proof = proofFor(resource)
  const verdict = {
    dryRun,
    enabled: request.prune,
    allowed: options.prune,
    ...(proof === 'proven' ? {} : { kept: proof }),
  }
  if (dryRun || !mayPrune(verdict) || live === undefined || resource?.info === undefined) {
    return { result: resultOfPrune(task, verdict) }
  }
  try {
    await cluster.remove(resource.info, task.key, {
      uid: live.metadata.uid ?? '',
      resourceVersion: live.metadata.resourceVersion ?? '',
      propagation: options.propagation,
    })
    return { result: resultOfPrune(task, verdict), resource: 'gone' }
  } catch (error) {
    if (isConflict(error) && !(await holdsLease(context))) return 'lost'
    throw error
  }
}

/** Whether law 7 lets the object be deleted, or what is missing. */
function proofFor(resource: Compared | undefined): string {
  if (resource?.live === undefined || resource.info === undefined) return 'not found on the cluster'
  if (resource.unreadable !== undefined) return `could not be read: ${resource.unreadable}`
  return resource.isOwn ? 'proven' : 'not tracked by this application'
}

function isConflict(error: unknown): boolean {
  const fault = faultOf(error)
  return fault.code === 'KubernetesError' && fault.status === 409
}

async function holdsLease({ ports, request }: TaskContext): Promise<boolean> {
  const { record } = request
  const now = await getApplication(ports.state, record.tenant, record.name)
  return now?.uid === record.uid && now.seen.round === record.seen.round
}

const isServerSide = ({ request, task }: TaskContext): boolean =>
  optionsOfTarget(request, task.target).serverSideApply === true

const optionsOfTarget = (request: RunRequest, manifest: Manifest | undefined): SyncOptions =>
  manifest === undefined
    ? parseSyncOptions(request.syncOptions)
    : syncOptionsOf(manifest, request.syncOptions)

/** Prunes first and together; then runs of applies of the same kind. */
function batches(tasks: readonly Task[]): readonly (readonly Task[])[] {
  const groups: Task[][] = []
  let last: string | undefined
  for (const task of tasks) {
    const name = task.target === undefined ? 'prune' : `${task.key.group}/${task.key.kind}`
    if (name !== last) groups.push([])
    groups.at(-1)?.push(task)
    last = name
  }
  return groups
}
