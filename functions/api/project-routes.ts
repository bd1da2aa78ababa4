import { Hono } from 'hono'
import { getProject, listProjects } from '../../lib/manage/projects.ts'
import { type Api, type ApiEnv, callerOf } from './api-context.ts'

export function projectRoutes(_api: Api): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/api/v1/projects', (c) => c.json({ metadata: {}, items: listProjects(callerOf(c)) }))
    .get('/api/v1/projects/:project', (c) =>
      c.json(getProject(callerOf(c), c.req.param('project'))),
    )
    .get('/api/v1/projects/:project/detailed', (c) =>
      c.json({ project: getProject(callerOf(c), c.req.param('project')) }),
    )
}
