import { createHmac, timingSafeEqual } from 'node:crypto'
import { objectsAt, textAt } from './kinds.ts'
import { forbidden, StatusError } from './status.ts'
import type { Store } from './store.ts'

export interface User {
  readonly name: string
  /** Whether it may do more than look at discovery. */
  readonly isTrusted: boolean
}

export interface Access {
  /** Who sends a request; throws 401. */
  userOf(authorization: string | undefined): User
  /** A token of a ServiceAccount, good until it is deleted. */
  tokenOf(namespace: string, name: string): string
}

const ADMIN: User = { name: 'kubernetes-admin', isTrusted: true }

/**
 * Two kinds of users: the administrator, and ServiceAccounts. Roles are not evaluated: an account
 * that any binding names may do everything, one that none names may do nothing.
 */
export function createAccess(
  store: Store,
  { token, signingKey }: { readonly token: string; readonly signingKey: string },
): Access {
  const tokenOf = (namespace: string, name: string): string => {
    const subject = Buffer.from(`${namespace}:${name}`).toString('base64url')
    const mac = createHmac('sha256', signingKey).update(subject).digest('base64url')
    return `sandbox.${subject}.${mac}`
  }

  const accountOf = (given: string): User | undefined => {
    const [, subject = ''] = given.split('.')
    const [namespace = '', name = ''] = Buffer.from(subject, 'base64url').toString().split(':')
    if (!isEqual(given, tokenOf(namespace, name))) return undefined
    if (store.get('/ServiceAccount', namespace, name) === undefined) return undefined
    const isTrusted = isBound(store, namespace, name)
    return { name: `system:serviceaccount:${namespace}:${name}`, isTrusted }
  }

  return {
    tokenOf,
    userOf(authorization = '') {
      const given = /^Bearer (.+)$/i.exec(authorization)?.[1] ?? ''
      const user = isEqual(given, token) ? ADMIN : accountOf(given)
      if (user === undefined) throw new StatusError(401, 'Unauthorized', 'Unauthorized')
      return user
    },
  }
}

function isBound(store: Store, namespace: string, name: string): boolean {
  const bindings = ['ClusterRoleBinding', 'RoleBinding'].flatMap((kind) =>
    store.list(`rbac.authorization.k8s.io/${kind}`, ''),
  )
  return bindings.some((binding) =>
    objectsAt(binding, 'subjects').some(
      (subject) =>
        textAt(subject, 'kind') === 'ServiceAccount' &&
        textAt(subject, 'namespace') === namespace &&
        textAt(subject, 'name') === name,
    ),
  )
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Throws 403 unless the user is trusted; worded as the server words it. */
export function assertTrusted(user: User, verb: string, resource: string): void {
  if (user.isTrusted) return
  throw forbidden(
    `${resource} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}"`,
  )
}
