import { Hono } from 'hono'
import { getCluster, listClusters } from '../../lib/manage/clusters.ts'
import { type Api, type ApiEnv, callerOf } from './api-context.ts'

export function clusterRoutes({ ports }: Api): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/api/v1/clusters', async (c) => {
      const { server = '', name = '' } = c.req.query()
      const clusters = await listClusters(ports, callerOf(c))
      const items = clusters.filter(
        (cluster) =>
          (server === '' || cluster.server === server) && (name === '' || cluster.name === name),
      )
      return c.json({ metadata: {}, items })
    })
    .get('/api/v1/clusters/:id', async (c) => {
      const id = c.req.param('id')
      const type = c.req.query('id.type') ?? ''
      const ref =
        type === 'name'
          ? { name: id }
          : type === 'name_escaped'
            ? { name: decodeURIComponent(id) }
            : { server: id }
      return c.json(await getCluster(ports, callerOf(c), ref))
    })
}
