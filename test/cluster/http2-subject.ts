import { expect } from 'vitest'
import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import { collectionPath, objectPath } from '../../lib/cluster/paths.ts'
import type { Cluster, ClusterConnection, KindInfo } from '../../lib/cluster/port.ts'
import { groupOf, type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import { type ClusterSubject, PAGE_SIZE } from '../contracts/cluster.contract.ts'
import { createPeople } from './people.ts'

/** Our HTTP/2 client on an API server, and the people who work on the same server. */
export async function openHttp2Subject(connection: ClusterConnection): Promise<ClusterSubject> {
  const clusters = createHttp2Clusters({
    clock: { now: () => Date.now() },
    limits: { pageSize: PAGE_SIZE },
  })
  const cluster = clusters.connect('people', connection)
  const people = createPeople(connection)
  const kindOf = async (group: string, kind: string): Promise<KindInfo> => {
    const info = await cluster.kindOf(group, kind)
    if (info === undefined) throw new Error(`${kind} is not served`)
    return info
  }
  const pathOf = async (key: { group: string; kind: string; namespace: string; name: string }) =>
    objectPath(await kindOf(key.group, key.kind), key.namespace, key.name)

  return {
    clusters,
    connection,
    restricted: await restrictedConnection(cluster, connection),
    async create(object, manager) {
      const info = await kindOf(groupOf(object), object.kind)
      const path = collectionPath(info, object.metadata.namespace ?? '')
      return (await people.post(`${path}?fieldManager=${manager}`, object)) as Manifest
    },
    async edit(key, patch, manager) {
      await people.mergePatch(`${await pathOf(key)}?fieldManager=${manager}`, patch)
    },
    async scale(key, replicas) {
      const path = `${await pathOf(key)}/scale?fieldManager=kubectl`
      await people.mergePatch(path, { spec: { replicas } })
    },
    async statusWritten(key) {
      const info = await kindOf(key.group, key.kind)
      const generation = async () =>
        valueAt(await cluster.get(info, key.namespace, key.name), 'status', 'observedGeneration')
      await expect.poll(generation, { timeout: 10_000, interval: 50 }).toBe(1)
    },
    close: () => clusters.close(),
  }
}

/** A ServiceAccount without any role: its token is good, and may do nothing but look at discovery. */
async function restrictedConnection(
  cluster: Cluster,
  connection: ClusterConnection,
): Promise<ClusterConnection> {
  const info = await cluster.kind('v1', 'ServiceAccount')
  if (info === undefined) throw new Error('ServiceAccount is not served')
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'argosy-contract-restricted', namespace: 'default' },
  }
  await cluster.apply(info, account, { fieldManager: 'argosy-contract', force: true })
  const path = `${objectPath(info, 'default', account.metadata.name)}/token`
  const answer = await createPeople(connection).post(path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  })
  const { clientCertificate: _certificate, clientKey: _key, ...rest } = connection
  return { ...rest, bearerToken: valueAt(answer, 'status', 'token') as string }
}
