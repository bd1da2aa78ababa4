import { authorize } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { isAutomated, type RetryStrategy, sourcesOf } from '../app/application.ts'
import type { Operation, ResourceSelector } from '../app/status.ts'
import { ArgosyError } from '../fault/fault.ts'
import { resolve } from '../reconcile/resolve.ts'
import { getApplication, isOperating, requestOperation } from '../state/applications.ts'
import type { ApplicationRecord } from '../state/records.ts'
import type { ApplicationJson } from './application-json.ts'
import { type ApplicationRef, findApplication, missing, objectOf } from './find-application.ts'
import { type ManagePorts, sendHint } from './manage-ports.ts'
import { projectOf } from './projects.ts'
import { presentWhole } from './read-application.ts'

/** What a person asks of a sync; all of it may be absent. */
export interface SyncRequest {
  readonly revision?: string
  readonly revisions?: readonly string[]
  readonly dryRun?: boolean
  readonly prune?: boolean
  readonly strategy?: 'hook' | 'apply'
  readonly force?: boolean
  readonly resources?: readonly ResourceSelector[]
  readonly syncOptions?: readonly string[]
  readonly retry?: RetryStrategy
  readonly infos?: readonly { readonly name: string; readonly value: string }[]
}

/**
 * Asks for a sync and answers at once, with `operation` set and the last result gone. The revision
 * is resolved here, so that the operation names one snapshot (law 5) and an unknown revision is
 * told to the one who typed it. Throws `FailedPrecondition` in Argo CD's words (argocd.md 2.4).
 */
export async function syncApplication(
  ports: ManagePorts,
  caller: Caller,
  ref: ApplicationRef,
  request: SyncRequest,
): Promise<ApplicationJson> {
  const record = await findApplication(ports, caller, ref, 'get')
  authorize(caller, 'applications', 'sync', objectOf(record))
  projectOf(record.spec)
  refuseAutomated(record, request)
  return beginOperation(ports, record, {
    ...(await operationBasics(ports, caller, request)),
    sync: {
      revisions: await resolveRevisions(ports, record, request),
      sources: sourcesOf(record.spec),
      prune: request.prune ?? false,
      dryRun: request.dryRun ?? false,
      strategy: request.strategy ?? 'hook',
      ...(request.force === true ? { force: true } : {}),
      ...listUnlessEmpty('resources', request.resources),
      ...listUnlessEmpty('syncOptions', request.syncOptions ?? record.spec.syncPolicy?.syncOptions),
    },
  })
}

/** Stores the operation and hints; refuses when another one is in progress or the Application is going. */
export async function beginOperation(
  ports: ManagePorts,
  record: ApplicationRecord,
  operation: Operation,
): Promise<ApplicationJson> {
  const { tenant, name } = record
  const now = ports.clock.now()
  const begun = await requestOperation(ports.state, tenant, name, { operation, now })
  if (begun === undefined) throw await whyRefused(ports, record)
  await sendHint(ports, 'app', { tenant, name })
  return presentWhole(ports, begun)
}

export const operationBasics = async (
  ports: ManagePorts,
  caller: Caller,
  request: Pick<SyncRequest, 'retry' | 'infos'>,
): Promise<Omit<Operation, 'sync'>> => ({
  id: ports.ids.next(),
  requestedAt: ports.clock.now(),
  initiatedBy: { username: caller.subject },
  ...(request.retry === undefined ? {} : { retry: request.retry }),
  ...listUnlessEmpty('info', request.infos),
})

async function whyRefused(ports: ManagePorts, record: ApplicationRecord): Promise<ArgosyError> {
  const now = await getApplication(ports.state, record.tenant, record.name)
  if (now === undefined) return missing(record.name)
  if (now.deletion !== undefined) return precondition('application is deleting')
  return isOperating(now)
    ? precondition('another operation is already in progress')
    : new ArgosyError({
        code: 'Conflict',
        message: `application '${record.name}' was busy; try again`,
      })
}

/** While automated sync keeps an Application at its target revision, nobody may sync it elsewhere. */
function refuseAutomated(record: ApplicationRecord, request: SyncRequest): void {
  if (!isAutomated(record.spec) || request.dryRun === true) return
  const targets = sourcesOf(record.spec).map((source) => source.targetRevision ?? '')
  const asked = request.revisions ?? [request.revision ?? '']
  const other = asked.find((revision, index) => revision !== '' && revision !== targets[index])
  if (other === undefined) return
  const target = targets[0] === undefined || targets[0] === '' ? 'HEAD' : targets[0]
  throw precondition(`Cannot sync to ${other}: auto-sync currently set to ${target}`)
}

async function resolveRevisions(
  ports: ManagePorts,
  record: ApplicationRecord,
  request: SyncRequest,
): Promise<readonly string[]> {
  const { revision = '' } = request
  const revisions = request.revisions ?? (revision === '' ? [] : [revision])
  const resolved = await resolve(ports, record, { fresh: true, revisions })
  return resolved.snapshot.revisions
}

const precondition = (message: string): ArgosyError =>
  new ArgosyError({ code: 'FailedPrecondition', message })

const listUnlessEmpty = <K extends string, T>(
  name: K,
  items: readonly T[] | undefined,
): { readonly [P in K]?: readonly T[] } =>
  (items === undefined || items.length === 0 ? {} : { [name]: items }) as {
    readonly [P in K]?: readonly T[]
  }
