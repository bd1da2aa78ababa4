import { Hono } from 'hono'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { type Api, type ApiEnv, callerOf } from './api-context.ts'

/** Routes of Argo CD's API that clients may ask for and that are not built: they say so by name. */
const PLANNED = {
  '/api/v1/applications/:name/events': 'the events of an application',
  '/api/v1/applications/:name/links': 'deep links',
  '/api/v1/applications/:name/logs': 'pod logs',
  '/api/v1/applications/:name/pods/:pod/logs': 'pod logs',
  '/api/v1/applications/:name/resource': 'a single resource',
  '/api/v1/applications/:name/resource/actions': 'resource actions',
  '/api/v1/applications/:name/resource/actions/v2': 'resource actions',
  '/api/v1/applications/:name/resource/links': 'deep links',
  '/api/v1/applications/:name/server-side-diff': 'server-side diff as a request',
  '/api/v1/applications/manifestsWithFiles': 'rendering local files',
  '/api/v1/applicationsets': 'ApplicationSets',
  '/api/v1/applicationsets/*': 'ApplicationSets',
  '/api/v1/stream/applicationsets': 'ApplicationSets',
  '/api/v1/certificates': 'repository certificates',
  '/api/v1/gpgkeys': 'GnuPG keys',
  '/api/v1/notifications/*': 'notifications',
  '/api/v1/repocreds': 'repository credentials',
  '/api/v1/repositories': 'registering repositories',
  '/api/v1/repositories/*': 'registering repositories',
  '/api/v1/account/:account/token': 'API tokens',
  '/api/webhook': 'webhooks',
} as const satisfies Record<string, string>

export function plannedRoutes(_api: Api): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  routes.patch('/api/v1/applications/:name', (c) => {
    callerOf(c)
    throw new ArgosyError({ code: 'Unimplemented', feature: 'patching an application' })
  })
  for (const [path, feature] of Object.entries(PLANNED)) {
    routes.all(path, (c) => {
      callerOf(c)
      throw new ArgosyError({ code: 'Unimplemented', feature })
    })
  }
  return routes
}
