import { ArgosyError } from '../fault/fault.ts'
import { toRfc3339 } from '../std/rfc3339.ts'
import { type Caller, OPERATOR } from './caller.ts'

/** Which actions each resource knows (Argo CD 1.19). */
export const ACTIONS = {
  applications: ['get', 'create', 'update', 'delete', 'sync', 'rollback', 'action', 'override'],
  applicationsets: ['get', 'create', 'update', 'delete'],
  clusters: ['get', 'create', 'update', 'delete'],
  projects: ['get', 'create', 'update', 'delete'],
  repositories: ['get', 'create', 'update', 'delete'],
  accounts: ['get', 'update'],
  logs: ['get'],
  exec: ['create'],
} as const satisfies Record<string, readonly string[]>

export type Resource = keyof typeof ACTIONS
export type Action<R extends Resource> = (typeof ACTIONS)[R][number]

/**
 * Throws `PermissionDenied` unless the caller may do this. `object` is spelled as policies spell
 * it: `<project>/<name>` for Applications, the bare name or URL for the rest (Argo CD 1.19).
 */
export function authorize<R extends Resource>(
  caller: Caller,
  resource: R,
  action: Action<R>,
  object: string,
): void {
  if (isAllowed(caller, resource, action, object)) return
  const words = [`permission denied: ${resource}`, action, object]
  if (caller.subject !== '') words.push(`sub: ${caller.subject}`)
  if (caller.issuedAt !== undefined) words.push(`iat: ${toRfc3339(caller.issuedAt)}`)
  throw new ArgosyError({ code: 'PermissionDenied', message: words.join(', ') })
}

/** The built-in policy: `admin` may do everything; the operator may read accounts. */
export const isAllowed = <R extends Resource>(
  caller: Caller,
  resource: R,
  action: Action<R>,
  _object: string,
): boolean =>
  caller.subject === ADMIN ||
  (caller.subject === OPERATOR && resource === 'accounts' && action === 'get')

/** The account that Argo CD's built-in policy gives `role:admin`. */
export const ADMIN = 'admin'
