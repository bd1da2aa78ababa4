import { Hono } from 'hono'
import * as v from 'valibot'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { rollbackApplication } from '../../lib/manage/rollback-application.ts'
import { type SyncRequest, syncApplication } from '../../lib/manage/sync-application.ts'
import { terminateOperation } from '../../lib/manage/terminate-operation.ts'
import { type Api, type ApiContext, type ApiEnv, callerOf } from './api-context.ts'
import type { ApplicationRef } from '../../lib/manage/find-application.ts'
import { refOf } from './query.ts'
import { jsonResponse, readBody } from './request-body.ts'

/** What is done with Applications: sync, roll back, terminate. */
export function operationRoutes({ ports }: Api): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .post('/api/v1/applications/:name/sync', async (c) => {
      const caller = callerOf(c)
      const body = await readBody(c, SYNC)
      const ref = narrowed(c, body)
      return jsonResponse(await syncApplication(ports, caller, ref, toSyncRequest(body)))
    })
    .post('/api/v1/applications/:name/rollback', async (c) => {
      const caller = callerOf(c)
      const body = await readBody(c, ROLLBACK)
      const { id, prune, dryRun } = body
      const ref = narrowed(c, body)
      return jsonResponse(await rollbackApplication(ports, caller, ref, { id, prune, dryRun }))
    })
    .delete('/api/v1/applications/:name/operation', async (c) => {
      await terminateOperation(ports, callerOf(c), refOf(c))
      return jsonResponse({})
    })
}

/** These two take project and namespace in the body. */
const narrowed = (
  c: ApiContext,
  body: { readonly project: string; readonly appNamespace: string },
): ApplicationRef => ({
  name: c.req.param('name') ?? '',
  project: body.project,
  appNamespace: body.appNamespace,
})

const text = v.nullish(v.string(), '')
const flag = v.nullish(v.boolean(), false)

const RETRY = v.object({
  limit: v.optional(v.union([v.number(), v.pipe(v.string(), v.transform(Number))])),
  backoff: v.optional(
    v.object({
      duration: v.optional(v.string()),
      maxDuration: v.optional(v.string()),
      factor: v.optional(v.union([v.number(), v.pipe(v.string(), v.transform(Number))])),
    }),
  ),
  refresh: v.optional(v.boolean()),
})

const SYNC = v.object({
  revision: text,
  revisions: v.nullish(v.array(v.string())),
  dryRun: flag,
  prune: flag,
  strategy: v.nullish(
    v.object({
      apply: v.nullish(v.object({ force: flag })),
      hook: v.nullish(v.object({ force: flag })),
    }),
  ),
  resources: v.nullish(
    v.array(v.object({ group: text, kind: v.string(), name: v.string(), namespace: text })),
  ),
  manifests: v.nullish(v.array(v.string()), []),
  syncOptions: v.nullish(v.object({ items: v.nullish(v.array(v.string()), []) })),
  retryStrategy: v.nullish(RETRY),
  infos: v.nullish(v.array(v.object({ name: v.string(), value: v.string() }))),
  project: text,
  appNamespace: text,
})

const ROLLBACK = v.object({
  id: v.nullish(v.union([v.number(), v.pipe(v.string(), v.transform(Number))]), 0),
  prune: flag,
  dryRun: flag,
  project: text,
  appNamespace: text,
})

function toSyncRequest(body: v.InferOutput<typeof SYNC>): SyncRequest {
  if ((body.manifests ?? []).length > 0) {
    throw new ArgosyError({ code: 'Unimplemented', feature: 'syncing local manifests' })
  }
  const { strategy } = body
  const force = strategy?.apply?.force === true || strategy?.hook?.force === true
  const request: { -readonly [K in keyof SyncRequest]: SyncRequest[K] } = {
    revision: body.revision ?? '',
    dryRun: body.dryRun ?? false,
    prune: body.prune ?? false,
    strategy: isGiven(strategy?.apply) ? 'apply' : 'hook',
    force,
  }
  if (isGiven(body.revisions) && body.revisions.length > 0) request.revisions = body.revisions
  if (isGiven(body.resources)) request.resources = body.resources.map(toSelector)
  if (isGiven(body.syncOptions)) request.syncOptions = body.syncOptions.items ?? []
  if (isGiven(body.retryStrategy)) request.retry = withoutUndefined(body.retryStrategy)
  if (isGiven(body.infos)) request.infos = body.infos
  return request
}

const isGiven = <T>(value: T | null | undefined): value is T =>
  value !== null && value !== undefined

interface SelectorBody {
  readonly group: string | null
  readonly kind: string
  readonly name: string
  readonly namespace: string | null
}

/** An empty group means the core group; an empty namespace means any. */
const toSelector = ({ group, kind, name, namespace }: SelectorBody) => ({
  group: group ?? '',
  kind,
  name,
  ...(isGiven(namespace) && namespace !== '' ? { namespace } : {}),
})

type RetryBody = v.InferOutput<typeof RETRY>

/** JSON has no `undefined`: what was not given must not be there. */
const withoutUndefined = (retry: RetryBody): NonNullable<SyncRequest['retry']> =>
  JSON.parse(JSON.stringify(retry)) as NonNullable<SyncRequest['retry']>
