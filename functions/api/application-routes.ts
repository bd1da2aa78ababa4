import { Hono } from 'hono'
import { parseApplication, parseApplicationSpec } from '../../lib/app/parse-application.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { createApplication } from '../../lib/manage/create-application.ts'
import { deleteApplication } from '../../lib/manage/delete-application.ts'
import { getApplication } from '../../lib/manage/get-application.ts'
import { listApplications } from '../../lib/manage/list-applications.ts'
import { updateApplication } from '../../lib/manage/update-application.ts'
import { type Api, type ApiEnv, callerOf } from './api-context.ts'
import { detailOf, filterOf, flagOf, refOf, refreshOf } from './query.ts'
import { jsonResponse, readJson, valueOf } from './request-body.ts'

/** Applications as objects: create, read, change, delete. */
export function applicationRoutes({ ports }: Api): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/api/v1/applications', async (c) =>
      jsonResponse(await listApplications(ports, callerOf(c), filterOf(c), detailOf(c))),
    )
    .post('/api/v1/applications', async (c) => {
      const caller = callerOf(c)
      const input = valueOf(parseApplication(await readJson(c)), 'application')
      const options = { upsert: flagOf(c, 'upsert', false), validate: flagOf(c, 'validate', true) }
      return jsonResponse(await createApplication(ports, caller, input, options))
    })
    .get('/api/v1/applications/:name', async (c) =>
      jsonResponse(await getApplication(ports, callerOf(c), refOf(c), refreshOf(c))),
    )
    .put('/api/v1/applications/:name', async (c) => {
      const caller = callerOf(c)
      const { name, spec, labels, annotations } = valueOf(
        parseApplication(await readJson(c)),
        'application',
      )
      const ref = refOf(c)
      if (name !== ref.name) throw otherName(ref.name, name)
      const change = { spec, labels, annotations, validate: flagOf(c, 'validate', true) }
      return jsonResponse(await updateApplication(ports, caller, ref, change))
    })
    .put('/api/v1/applications/:name/spec', async (c) => {
      const caller = callerOf(c)
      const spec = valueOf(parseApplicationSpec(await readJson(c)), 'application spec')
      const change = { spec, validate: flagOf(c, 'validate', true) }
      const changed = await updateApplication(ports, caller, refOf(c), change)
      return jsonResponse(changed.spec)
    })
    .delete('/api/v1/applications/:name', async (c) => {
      await deleteApplication(ports, callerOf(c), refOf(c), {
        cascade: flagOf(c, 'cascade', true),
        propagation: c.req.query('propagationPolicy') ?? '',
      })
      return jsonResponse({})
    })
}

const otherName = (inPath: string, inBody: string): ArgosyError =>
  new ArgosyError({
    code: 'InvalidArgument',
    message: `the path names application '${inPath}', the body '${inBody}'`,
  })
