import type { Cluster } from '../../lib/cluster/port.ts'

/** Makes a namespace for one test. */
export async function createNamespace(cluster: Cluster, name: string): Promise<void> {
  const info = await cluster.kindOf('', 'Namespace')
  if (info === undefined) throw new Error('Namespace is not served')
  const target = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  await cluster.apply(info, target, { fieldManager: 'argosy-test', force: true })
}

/** Asks for its end, which takes the cluster a moment. */
export async function removeNamespace(cluster: Cluster, name: string): Promise<void> {
  const info = await cluster.kindOf('', 'Namespace')
  const live = info === undefined ? undefined : await cluster.get(info, '', name)
  const { uid, resourceVersion } = live?.metadata ?? {}
  if (info === undefined || uid === undefined || resourceVersion === undefined) return
  const key = { group: '', kind: 'Namespace', namespace: '', name }
  await cluster.remove(info, key, { uid, resourceVersion, propagation: 'background' })
}
