import { Hono } from 'hono'
import { OPERATOR } from '../../lib/access/caller.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { initialPassword } from '../../lib/manage/ensure-admin.ts'
import { getSettings } from '../../lib/manage/settings.ts'
import { getVersion } from '../../lib/manage/version.ts'
import { digestText } from '../../lib/std/digest.ts'
import type { Api, ApiContext, ApiEnv } from './api-context.ts'
import { jsonResponse } from './request-body.ts'

/** What the server says about itself. */
export function serverRoutes({ ports, options }: Api): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/healthz', (c) => c.text('ok'))
    .get('/api/version', (c) => c.json(getVersion(c.get('caller'), options.build)))
    .get('/api/v1/settings', (c) => jsonResponse(getSettings(c.get('caller'), options.url)))
    .get('/api/v1/settings/plugins', (c) => c.json({ plugins: [] }))
    .get('/api/argosy/initial-password', async (c) => {
      if (!isOperator(c, options.operatorToken)) throw notTheOperator()
      const operator = { tenant: c.get('tenant'), subject: OPERATOR }
      const password = await initialPassword(ports, operator)
      if (password === undefined) throw changed()
      return c.json({ password })
    })
}

/** Digests are compared, so that the time it takes tells nothing about the token. */
function isOperator(c: ApiContext, token: string | undefined): boolean {
  const given = c.req.header('Argosy-Operator') ?? ''
  return token !== undefined && token !== '' && digestText(given) === digestText(token)
}

const notTheOperator = (): ArgosyError =>
  new ArgosyError({
    code: 'PermissionDenied',
    message: 'only who holds the data folder of this server may ask for the initial password',
  })

const changed = (): ArgosyError =>
  new ArgosyError({
    code: 'FailedPrecondition',
    message: 'the initial admin password is gone: it was changed; log in with the new one',
  })
