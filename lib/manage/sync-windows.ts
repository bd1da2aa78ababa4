import type { Caller } from '../access/caller.ts'
import type { Ports } from '../reconcile/ports.ts'
import { type ApplicationRef, findApplication } from './find-application.ts'

/** The one project there is has no windows, so its Applications may always sync. */
export async function getSyncWindows(
  ports: Pick<Ports, 'state'>,
  caller: Caller,
  ref: ApplicationRef,
): Promise<{ readonly canSync: boolean }> {
  await findApplication(ports, caller, ref, 'get')
  return { canSync: true }
}
