import { authorize } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { ArgosyError } from '../fault/fault.ts'
import { requestedOperation, requestTermination } from '../state/applications.ts'
import { type ApplicationRef, findApplication, objectOf } from './find-application.ts'
import { type ManagePorts, sendHint } from './manage-ports.ts'

/** Asks the operation in progress to end. Throws `FailedPrecondition` when there is none. */
export async function terminateOperation(
  ports: ManagePorts,
  caller: Caller,
  ref: ApplicationRef,
): Promise<void> {
  const record = await findApplication(ports, caller, ref, 'get')
  authorize(caller, 'applications', 'sync', objectOf(record))
  const operationId = record.seen.running ?? requestedOperation(record)?.id
  if (operationId === undefined) {
    throw new ArgosyError({
      code: 'FailedPrecondition',
      message: 'Unable to terminate operation. No operation is in progress',
    })
  }
  const { tenant, name } = record
  await requestTermination(ports.state, tenant, name, { operationId, now: ports.clock.now() })
  await sendHint(ports, 'app', { tenant, name })
}
