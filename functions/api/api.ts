import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { createSessions } from '../../lib/manage/sessions.ts'
import type { Ports } from '../../lib/reconcile/ports.ts'
import { accountRoutes } from './account-routes.ts'
import type { Api, ApiEnv, ApiOptions } from './api-context.ts'
import { applicationRoutes } from './application-routes.ts'
import { authenticate } from './authenticate.ts'
import { clusterRoutes } from './cluster-routes.ts'
import { errorResponse } from './error-response.ts'
import { inspectRoutes } from './inspect-routes.ts'
import { operationRoutes } from './operation-routes.ts'
import { plannedRoutes } from './planned-routes.ts'
import { projectRoutes } from './project-routes.ts'
import { BODY_BYTES_MAX } from './request-body.ts'
import { serverRoutes } from './server-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { streamRoutes } from './stream-routes.ts'

export type { ApiOptions } from './api-context.ts'

/**
 * The HTTP API: Argo CD's routes, shapes and errors (argocd.md 2) over the use cases in
 * `lib/manage/`. Web-standard only, so the same app runs on Node, Lambda and Deno. `sleep` is how
 * streams and refreshes wait between two looks; tests replace it.
 */
export function createApi(
  ports: Ports,
  options: ApiOptions,
  sleep: (milliseconds: number) => Promise<void> = waitFor,
): Hono<ApiEnv> {
  const api: Api = {
    ports: { ...ports, sleep },
    sessions: createSessions(ports),
    options,
    streamMs: options.streamMs ?? STREAM_MS,
  }
  const app = new Hono<ApiEnv>()
  app.onError((error) => errorResponse(error, ports))
  app.notFound((c) => c.text('Not Found', 404))
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }))
  app.use(securityHeaders)
  app.use('/api/*', onlyJson)
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: () => errorResponse(tooLarge(), ports) }))
  app.use(authenticate(api))
  for (const routes of ROUTES) app.route('/', routes(api))
  return app
}

const refuseMethod = (c: Context<ApiEnv>, allowed: readonly string[]): Response =>
  c.text('Method Not Allowed', 405, { Allow: allowed.join(', ') })

/** Below the 30 s after which gateways cut a response off. */
const STREAM_MS = 25_000

/** In this order; the last one names what is not there yet. */
const ROUTES = [
  serverRoutes,
  sessionRoutes,
  accountRoutes,
  applicationRoutes,
  operationRoutes,
  inspectRoutes,
  streamRoutes,
  projectRoutes,
  clusterRoutes,
  plannedRoutes,
]

/**
 * Forms and scripts of other sites cannot send this content type without asking first, so the
 * cookie alone moves nothing (argocd.md 2.1).
 */
const onlyJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const type = (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase()
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (isReading || type === 'application/json') return next()
  return c.text('Invalid content type', 415)
}

const securityHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  c.header('X-Frame-Options', 'sameorigin')
  c.header('Content-Security-Policy', "frame-ancestors 'self'")
  c.header('X-Content-Type-Options', 'nosniff')
}

const tooLarge = (): ArgosyError =>
  new ArgosyError({
    code: 'LimitExceeded',
    limit: 'BODY_BYTES_MAX',
    message: `request body is larger than ${BODY_BYTES_MAX} bytes`,
  })

const waitFor = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
