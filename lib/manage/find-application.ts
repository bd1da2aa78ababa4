import { type Action, authorize } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { CONTROL_NAMESPACE } from '../app/application.ts'
import { ArgosyError, faultOf } from '../fault/fault.ts'
import type { Ports } from '../reconcile/ports.ts'
import { getApplication } from '../state/applications.ts'
import type { ApplicationRecord } from '../state/records.ts'

/** How a client names an Application. */
export interface ApplicationRef {
  readonly name: string
  readonly project?: string
  readonly appNamespace?: string
}

/**
 * The Application, if the caller may do this to it. Whoever may not must not learn whether it
 * exists, so the errors follow Argo CD's lookup rule (argocd.md 2.2).
 */
export async function findApplication(
  ports: Pick<Ports, 'state'>,
  caller: Caller,
  ref: ApplicationRef,
  action: Action<'applications'>,
): Promise<ApplicationRecord> {
  refuseOtherNamespaces(ref.appNamespace)
  const { name, project = '' } = ref
  if (project !== '')
    hideDenial(() => authorize(caller, 'applications', 'get', `${project}/${name}`))

  const record = await getApplication(ports.state, caller.tenant, name)
  if (record === undefined) throw project === '' ? hidden() : missing(name)
  if (project !== '' && record.spec.project !== project) throw missing(name)
  try {
    authorize(caller, 'applications', action, objectOf(record))
  } catch (error) {
    throw project === '' ? hidden(error) : missing(name)
  }
  return record
}

/** How policies spell an Application. */
export const objectOf = (record: Pick<ApplicationRecord, 'name' | 'spec'>): string =>
  `${record.spec.project}/${record.name}`

/** Applications live in one namespace; Argo CD's other ones are not offered. */
export function refuseOtherNamespaces(namespace: string | undefined): void {
  if (namespace === undefined || namespace === '' || namespace === CONTROL_NAMESPACE) return
  throw new ArgosyError({
    code: 'PermissionDenied',
    message: `namespace '${namespace}' is not permitted`,
  })
}

export const missing = (name: string): ArgosyError =>
  new ArgosyError({ code: 'NotFound', kind: 'applications.argoproj.io', name })

function hideDenial(check: () => void): void {
  try {
    check()
  } catch (error) {
    if (faultOf(error).code === 'PermissionDenied') throw hidden(error)
    throw error
  }
}

const hidden = (cause?: unknown): ArgosyError =>
  new ArgosyError({ code: 'PermissionDenied', message: 'permission denied' }, { cause })
