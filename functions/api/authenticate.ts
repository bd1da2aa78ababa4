import { getCookie } from 'hono/cookie'
import type { MiddlewareHandler } from 'hono'
import { faultOf } from '../../lib/fault/fault.ts'
import type { Api, ApiContext, ApiEnv } from './api-context.ts'
import { tenantOf } from './tenant.ts'

export const TOKEN_COOKIE = 'argocd.token'

/** Finds out who asks. A bad token is no error yet: some routes answer anybody. */
export const authenticate =
  ({ sessions }: Api): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const tenant = tenantOf(c.req.raw)
    c.set('tenant', tenant)
    const token = tokenOf(c)
    if (token !== undefined) {
      try {
        c.set('caller', await sessions.authenticate(tenant, token))
      } catch (error) {
        if (faultOf(error).code !== 'Unauthenticated') throw error
        c.set('refusal', error)
      }
    }
    await next()
  }

/** The first of the three places where Argo CD looks (argocd.md 2.1). */
function tokenOf(c: ApiContext): string | undefined {
  const metadata = c.req.header('Grpc-Metadata-Token')
  if (metadata !== undefined && metadata !== '') return metadata
  const bearer = /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const cookie = getCookie(c, TOKEN_COOKIE)
  return cookie === '' ? undefined : cookie
}
