import type { ApplicationJson, OperationStateJson } from '../lib/manage/application-json.ts'
import type { WatchEventJson } from '../lib/manage/watch-applications.ts'
import type { ApiClient } from './api-client.ts'
import { type AppName, appPath, namespaceQuery } from './app-name.ts'
import { ApiFailure, EXIT_FAILURE, Failure } from './failure.ts'
import { formatSummary, qualifiedName } from './printers/application.ts'
import { formatOperation } from './printers/operation.ts'
import {
  formatProgress,
  formatResources,
  keyOf,
  resourceRows,
  type ResourceRow,
} from './printers/resources.ts'
import type { Shell } from './shell.ts'

/** What must hold before a wait ends; several must hold together (argocd.md 3.7). */
export interface WaitGoal {
  readonly sync?: boolean
  readonly health?: boolean
  readonly degraded?: boolean
  readonly suspended?: boolean
  readonly operation?: boolean
  readonly delete?: boolean
}

export interface WaitRequest {
  readonly app: AppName
  readonly goal: WaitGoal
  /** 0 waits for ever. */
  readonly timeoutSeconds: number
  /** Only these resources have to get there. */
  readonly isSelected?: (row: ResourceRow) => boolean
  /** Prints nothing; the caller prints the result. */
  readonly isQuiet: boolean
  /** What links in the summary begin with. */
  readonly serverUrl: string
}

export interface WaitResult {
  readonly app: ApplicationJson
  readonly operationState: OperationStateJson | undefined
}

const RECONNECT_MS = 1000
/** Failures in a row after which a server counts as gone. */
const RECONNECTS_MAX = 30

/**
 * Watches an Application until the goal is reached, printing what changes, then its final state.
 * `undefined` when it was deleted and that was the goal. Throws a `Failure` when the time is over.
 */
export async function waitForApp(
  shell: Shell,
  api: ApiClient,
  request: WaitRequest,
): Promise<WaitResult | undefined> {
  const progress = createProgress(shell, request)
  const signal = shell.timeout(request.timeoutSeconds)
  let app = await api.get<ApplicationJson>(appPath(request.app), namespaceQuery(request.app))
  let wasOperating = false

  for await (const event of watch(shell, api, { app: request.app, seen: app, signal })) {
    app = event.application
    if (event.type === 'DELETED') {
      if (request.goal.delete !== true)
        throw new Failure(`application '${request.app.name}' is gone`)
      shell.out(`Application '${qualifiedName(app)}' deleted\n`)
      return undefined
    }
    wasOperating ||= app.operation !== undefined && app.operation.sync.dryRun !== true
    if (isReached(request, app)) {
      const { operationState } = app.status
      return {
        app: await finalState(shell, api, request, { app, refresh: wasOperating }),
        operationState,
      }
    }
    const degraded = progress.show(app)
    if (degraded !== undefined) {
      await finalState(shell, api, request, { app, refresh: false })
      throw new Failure(degraded)
    }
  }
  return timeOut(shell, api, request)
}

async function timeOut(shell: Shell, api: ApiClient, request: WaitRequest): Promise<never> {
  const app = await api.get<ApplicationJson>(appPath(request.app), namespaceQuery(request.app))
  if (!request.isQuiet) {
    shell.out('\nThe command timed out waiting for the conditions to be met.\n')
    shell.out('\nThis is the state of the app after wait timed out:\n')
  }
  await finalState(shell, api, request, { app, refresh: false })
  throw new Failure(
    `timed out (${request.timeoutSeconds}s) waiting for app "${request.app.name}" match desired state`,
    EXIT_FAILURE,
  )
}

interface WatchRequest {
  readonly app: AppName
  readonly seen: ApplicationJson
  readonly signal: AbortSignal
}

/**
 * A server may end the stream whenever it likes, or go away for a while (a deployment, a restart);
 * then it is asked again. What it refuses with a reason is final.
 */
async function* watch(
  shell: Shell,
  api: ApiClient,
  { app, seen, signal }: WatchRequest,
): AsyncGenerator<WatchEventJson, void> {
  let { resourceVersion } = seen.metadata
  let failures = 0
  while (!signal.aborted) {
    const query = { name: app.name, resourceVersion, ...namespaceQuery(app) }
    try {
      for await (const event of api.stream<WatchEventJson>(STREAM, query, signal)) {
        resourceVersion = event.application.metadata.resourceVersion
        failures = 0
        yield event
      }
    } catch (error) {
      failures++
      const isFinal = error instanceof ApiFailure || failures > RECONNECTS_MAX
      if (isFinal && !signal.aborted) throw error
    }
    if (!signal.aborted) await shell.sleep(RECONNECT_MS)
  }
}

const STREAM = '/api/v1/stream/applications'

function isReached({ goal, isSelected }: WaitRequest, app: ApplicationJson): boolean {
  if (goal.delete === true) return false
  if (goal.operation === true && isOperating(app)) return false
  const { status } = app
  const states =
    isSelected === undefined
      ? [{ status: status.sync.status, health: status.health.status ?? '' }]
      : resourceRows(app).filter(isSelected)
  return states.every((state) => isGood(goal, state))
}

function isGood(goal: WaitGoal, state: Pick<ResourceRow, 'status' | 'health'>): boolean {
  const healths = [
    goal.health === true ? 'Healthy' : undefined,
    goal.suspended === true ? 'Suspended' : undefined,
    goal.degraded === true ? 'Degraded' : undefined,
  ].filter((health) => health !== undefined)
  const isHealthy = healths.length === 0 || healths.some((health) => health === state.health)
  return isHealthy && (goal.sync !== true || state.status === 'Synced')
}

/** A finished operation counts as running until a look at the Application came after it. */
function isOperating(app: ApplicationJson): boolean {
  if (app.operation !== undefined) return true
  const { operationState, reconciledAt } = app.status
  if (operationState === undefined) return false
  if (operationState.finishedAt === undefined) return true
  if (operationState.operation?.sync.dryRun === true) return false
  return reconciledAt === undefined || reconciledAt < operationState.finishedAt
}

async function finalState(
  shell: Shell,
  api: ApiClient,
  request: WaitRequest,
  { app, refresh }: { readonly app: ApplicationJson; readonly refresh: boolean },
): Promise<ApplicationJson> {
  const query = { ...namespaceQuery(request.app), ...(refresh ? { refresh: 'normal' } : {}) }
  const final = refresh ? await api.get<ApplicationJson>(appPath(request.app), query) : app
  if (!request.isQuiet) shell.out(formatFinal(request, final, shell.now()))
  return final
}

function formatFinal(request: WaitRequest, app: ApplicationJson, now: number): string {
  const { operationState, resources = [] } = app.status
  const shows = request.goal.operation === true && operationState !== undefined
  return [
    `\n${formatSummary(app, request.serverUrl)}\n`,
    shows ? formatOperation(operationState, now) : '',
    resources.length === 0 ? '' : `\n${formatResources(app)}`,
  ].join('')
}

/** Prints each resource once, and again whenever something about it changes. */
function createProgress(shell: Shell, request: WaitRequest) {
  const known = new Map<string, ResourceRow>()
  let heads = true
  return {
    /** Answers the reason to give up when a resource that was fine has become Degraded. */
    show(app: ApplicationJson): string | undefined {
      const changed: ResourceRow[] = []
      let degraded: string | undefined
      for (const row of resourceRows(app).filter(request.isSelected ?? (() => true))) {
        const before = known.get(keyOf(row))
        if (request.goal.health === true) degraded ??= degradation(request.app, before, row)
        const merged = before === undefined ? row : merge(before, row)
        known.set(keyOf(row), merged)
        if (before === undefined || JSON.stringify(before) !== JSON.stringify(merged))
          changed.push(merged)
      }
      if (!request.isQuiet && (heads || changed.length > 0)) {
        shell.out(formatProgress(changed, shell.now(), heads))
        heads = false
      }
      return degraded
    },
  }
}

/** What is not known any more keeps its last value. */
const merge = (before: ResourceRow, row: ResourceRow): ResourceRow => ({
  ...row,
  status: row.status === '' ? before.status : row.status,
  health: row.health === '' ? before.health : row.health,
  hook: row.hook === '' ? before.hook : row.hook,
  message: row.message === '' ? before.message : row.message,
})

function degradation(
  app: AppName,
  before: ResourceRow | undefined,
  row: ResourceRow,
): string | undefined {
  const wasFine =
    before !== undefined && before.health !== 'Unknown' && before.health !== 'Degraded'
  return wasFine && row.health === 'Degraded'
    ? `application '${app.name}' health state has transitioned from ${before.health} to Degraded`
    : undefined
}
