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
      const ref = clusterRef(c.req.param('id'), c.req.query('id.type') ?? '')
      return c.json(await getCluster(ports, callerOf(c), ref))
    })
}

/** Names may come escaped twice, so that a slash in them survives (argocd.md 2.4). */
function clusterRef(id: string, type: string): { server: string } | { name: string } {
  if (type === 'name') return { name: id }
  if (type !== 'name_escaped') return { server: id }
  return { name: new URLSearchParams(`name=${id.replaceAll('&', '%26')}`).get('name') ?? id }
}
