import { readFile } from 'node:fs/promises'
import { createSystemClock } from '../../lib/clock/system-clock.ts'
import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import { readKubeconfig } from '../../lib/cluster/kubeconfig.ts'
import type { Cluster, KindInfo } from '../../lib/cluster/port.ts'

/** The bench's own eye on the cluster, which no figure counts. */
export interface ClusterClient {
  /** The `value` in a ConfigMap of the namespace. */
  configValue(name: string): Promise<string | undefined>
  /** Deletes the namespace, and with it everything that was made in it. */
  stop(): Promise<void>
}

/** Makes a namespace and answers a view of it. */
export async function openCluster(kubeconfig: string, namespace: string): Promise<ClusterClient> {
  const { connection } = await readKubeconfig(await readFile(kubeconfig, 'utf8'))
  const clusters = createHttp2Clusters({ clock: createSystemClock() })
  const cluster = clusters.connect('bench', connection)
  const target = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  const made = await cluster.apply(NAMESPACE, target, { fieldManager: 'bench', force: true })
  const { uid = '' } = made.object.metadata

  return {
    async configValue(name) {
      const object = await cluster.get(CONFIG_MAP, namespace, name)
      const data = object?.['data'] as { readonly value?: string } | undefined
      return data?.value
    },
    async stop() {
      await removeNamespace(cluster, namespace, uid)
      await clusters.close()
    },
  }
}

const core = { group: '', version: 'v1' }
const NAMESPACE: KindInfo = {
  ...core,
  kind: 'Namespace',
  resource: 'namespaces',
  namespaced: false,
}
const CONFIG_MAP: KindInfo = {
  ...core,
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
}

async function removeNamespace(cluster: Cluster, name: string, uid: string): Promise<void> {
  const now = await cluster.get(NAMESPACE, '', name)
  const resourceVersion = now?.metadata.resourceVersion
  if (now?.metadata.uid !== uid || resourceVersion === undefined) return
  const key = { group: '', kind: 'Namespace', namespace: '', name }
  await cluster.remove(NAMESPACE, key, { uid, resourceVersion, propagation: 'background' })
}
