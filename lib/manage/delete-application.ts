import type { Caller } from '../access/caller.ts'
import { ArgosyError } from '../fault/fault.ts'
import { requestDeletion } from '../state/applications.ts'
import { type ApplicationRef, findApplication, missing } from './find-application.ts'
import { type ManagePorts, sendHint } from './manage-ports.ts'

export interface DeleteOptions {
  /** Whether the Application's objects go with it; Argo CD's API says yes unless told otherwise. */
  readonly cascade: boolean
  readonly propagation?: string
}

/** Marks the Application for deletion and answers at once; the worker does the rest. */
export async function deleteApplication(
  ports: ManagePorts,
  caller: Caller,
  ref: ApplicationRef,
  options: DeleteOptions,
): Promise<void> {
  const { tenant, name } = await findApplication(ports, caller, ref, 'delete')
  const deletion = {
    requestedAt: ports.clock.now(),
    cascade: options.cascade,
    propagation: checkPropagation(options),
  }
  const marked = await requestDeletion(ports.state, tenant, name, deletion)
  if (marked === undefined) throw missing(name)
  await sendHint(ports, 'app', { tenant, name })
}

function checkPropagation({
  cascade,
  propagation = '',
}: DeleteOptions): 'foreground' | 'background' {
  if (propagation === '') return 'foreground'
  if (!cascade) throw invalid('cannot set propagation policy when cascading is disabled')
  if (propagation === 'foreground' || propagation === 'background') return propagation
  throw invalid(`invalid propagation policy: ${propagation}`)
}

const invalid = (message: string): ArgosyError =>
  new ArgosyError({ code: 'InvalidArgument', message })
