import { Hono } from 'hono'
import * as v from 'valibot'
import { ACTIONS, isAllowed, type Resource } from '../../lib/access/authorize.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { getAccount, listAccounts, updatePassword } from '../../lib/manage/accounts.ts'
import { type Api, type ApiEnv, callerOf } from './api-context.ts'
import { readBody } from './request-body.ts'

export function accountRoutes({ ports, sessions }: Api): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/api/v1/account', async (c) => c.json({ items: await listAccounts(ports, callerOf(c)) }))
    .put('/api/v1/account/password', async (c) => {
      const caller = callerOf(c)
      await updatePassword(ports, sessions, caller, await readBody(c, PASSWORD_CHANGE))
      return c.json({})
    })
    .get('/api/v1/account/can-i/:resource/:action/:object{.+}', (c) => {
      const { resource, action, object } = c.req.param()
      if (!isResource(resource)) throw unknown('resource', resource)
      if (!isAction(resource, action)) throw unknown('action', action)
      return c.json({ value: isAllowed(callerOf(c), resource, action, object) ? 'yes' : 'no' })
    })
    .get('/api/v1/account/:account', async (c) =>
      c.json(await getAccount(ports, callerOf(c), c.req.param('account'))),
    )
}

const PASSWORD_CHANGE = v.object({
  name: v.optional(v.string(), ''),
  currentPassword: v.optional(v.string(), ''),
  newPassword: v.optional(v.string(), ''),
})

const isResource = (text: string): text is Resource => Object.hasOwn(ACTIONS, text)

const isAction = <R extends Resource>(
  resource: R,
  text: string,
): text is (typeof ACTIONS)[R][number] & string =>
  (ACTIONS[resource] as readonly string[]).includes(text)

const unknown = (what: string, text: string): ArgosyError =>
  new ArgosyError({ code: 'InvalidArgument', message: `unknown ${what}: ${text}` })
