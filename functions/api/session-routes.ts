import { Hono } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import * as v from 'valibot'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { userInfo } from '../../lib/manage/accounts.ts'
import type { Api, ApiContext, ApiEnv } from './api-context.ts'
import { TOKEN_COOKIE } from './authenticate.ts'
import { jsonResponse, readBody } from './request-body.ts'

/** Logging in and out, and who is logged in. */
export function sessionRoutes({ sessions }: Api): Hono<ApiEnv> {
  const logout = async (c: ApiContext): Promise<void> => {
    const caller = c.get('caller')
    if (caller !== undefined) await sessions.logout(caller)
    deleteCookie(c, TOKEN_COOKIE, { path: '/' })
  }

  return new Hono<ApiEnv>()
    .post('/api/v1/session', async (c) => {
      const { token: given, username, password } = await readBody(c, LOGIN)
      if (given !== '') throw refusedToken()
      const token = await sessions.login(c.get('tenant'), { username, password })
      setCookie(c, TOKEN_COOKIE, token, {
        path: '/',
        sameSite: 'Lax',
        httpOnly: true,
        secure: new URL(c.req.url).protocol === 'https:',
      })
      return c.json({ token })
    })
    .delete('/api/v1/session', async (c) => {
      await logout(c)
      return c.json({})
    })
    .get('/api/v1/session/userinfo', (c) => jsonResponse(userInfo(c.get('caller'))))
    .post('/auth/logout', async (c) => {
      await logout(c)
      return c.redirect('/', 303)
    })
}

const LOGIN = v.object({
  username: v.optional(v.string(), ''),
  password: v.optional(v.string(), ''),
  token: v.optional(v.string(), ''),
})

const refusedToken = (): ArgosyError =>
  new ArgosyError({
    code: 'Unauthenticated',
    message: 'token-based session creation no longer supported. please upgrade argocd cli to v0.7+',
  })
