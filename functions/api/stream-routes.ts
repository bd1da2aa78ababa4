import { Hono } from 'hono'
import { watchApplications } from '../../lib/manage/watch-applications.ts'
import { watchResourceTree } from '../../lib/manage/watch-resource-tree.ts'
import { type Api, type ApiContext, type ApiEnv, callerOf } from './api-context.ts'
import { filterOf, refOf } from './query.ts'
import { streamResponse } from './stream-response.ts'

/** One Application costs a read per look; a list costs as many as there are pages of it. */
const WATCH_ONE_POLL_MS = 40
const WATCH_ALL_POLL_MS = 1000
/** A tree asks the cluster as well. */
const WATCH_TREE_POLL_MS = 1000

export function streamRoutes({ ports, streamMs }: Api): Hono<ApiEnv> {
  const until = (): number => ports.clock.now() + streamMs
  const watch = (c: ApiContext, pollMs: number) => ({
    until: until(),
    pollMs,
    signal: c.req.raw.signal,
    resourceVersion: c.req.query('resourceVersion') ?? '',
  })

  return new Hono<ApiEnv>()
    .get('/api/v1/stream/applications', (c) => {
      const filter = filterOf(c)
      const isNamed = (filter.name ?? '') !== ''
      const watchOptions = watch(c, isNamed ? WATCH_ONE_POLL_MS : WATCH_ALL_POLL_MS)
      const events = watchApplications(ports, callerOf(c), filter, watchOptions)
      return streamResponse(c, ports, events)
    })
    .get('/api/v1/stream/applications/:name/resource-tree', (c) => {
      const events = watchResourceTree(ports, callerOf(c), refOf(c), watch(c, WATCH_TREE_POLL_MS))
      return streamResponse(c, ports, events)
    })
}
