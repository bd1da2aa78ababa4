import { authorize } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { isAutomated } from '../app/application.ts'
import { ArgosyError } from '../fault/fault.ts'
import { readWhole } from '../state/whole-application.ts'
import type { ApplicationJson } from './application-json.ts'
import { type ApplicationRef, findApplication, objectOf } from './find-application.ts'
import type { ManagePorts } from './manage-ports.ts'
import { beginOperation, operationBasics } from './sync-application.ts'

export interface RollbackRequest {
  readonly id: number
  readonly prune?: boolean
  readonly dryRun?: boolean
}

/** Asks for a sync to what history entry `id` deployed, without hooks (argocd.md 1.13). */
export async function rollbackApplication(
  ports: ManagePorts,
  caller: Caller,
  ref: ApplicationRef,
  request: RollbackRequest,
): Promise<ApplicationJson> {
  const record = await findApplication(ports, caller, ref, 'get')
  authorize(caller, 'applications', 'sync', objectOf(record))
  if (isAutomated(record.spec)) {
    throw new ArgosyError({
      code: 'FailedPrecondition',
      message: 'rollback cannot be initiated when auto-sync is enabled',
    })
  }
  const whole = await readWhole(ports, record, ['history'])
  const { history = [] } = whole?.documents ?? {}
  const entry = history.find(({ id }) => id === request.id)
  if (entry === undefined) {
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: `application ${record.name} does not have deployment with id ${request.id}`,
    })
  }
  return beginOperation(ports, record, {
    ...(await operationBasics(ports, caller, {})),
    sync: {
      revisions: entry.revisions,
      sources: entry.sources,
      prune: request.prune ?? false,
      dryRun: request.dryRun ?? false,
      strategy: 'apply',
      ...(record.spec.syncPolicy?.syncOptions === undefined
        ? {}
        : { syncOptions: record.spec.syncPolicy.syncOptions }),
    },
  })
}
