import { Hono } from 'hono'
import { getManagedResources } from '../../lib/manage/managed-resources.ts'
import { getManifests } from '../../lib/manage/manifests.ts'
import { getResourceTree } from '../../lib/manage/resource-tree.ts'
import { getRevisionMetadata } from '../../lib/manage/revision-metadata.ts'
import { getSyncWindows } from '../../lib/manage/sync-windows.ts'
import { type Api, type ApiEnv, callerOf } from './api-context.ts'
import { refOf } from './query.ts'
import { jsonResponse } from './request-body.ts'

/** What one sees when looking into an Application. */
export function inspectRoutes({ ports }: Api): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/api/v1/applications/:name/managed-resources', async (c) =>
      jsonResponse(await getManagedResources(ports, callerOf(c), refOf(c))),
    )
    .get('/api/v1/applications/:name/manifests', async (c) => {
      const revision = c.req.query('revision') ?? ''
      return jsonResponse(await getManifests(ports, callerOf(c), refOf(c), { revision }))
    })
    .get('/api/v1/applications/:name/resource-tree', async (c) =>
      jsonResponse(await getResourceTree(ports, callerOf(c), refOf(c))),
    )
    .get('/api/v1/applications/:name/revisions/:revision/metadata', async (c) =>
      jsonResponse(
        await getRevisionMetadata(ports, callerOf(c), refOf(c), c.req.param('revision')),
      ),
    )
    .get('/api/v1/applications/:name/syncwindows', async (c) =>
      c.json(await getSyncWindows(ports, callerOf(c), refOf(c))),
    )
}
