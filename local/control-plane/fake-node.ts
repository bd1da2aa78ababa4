import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import type { Cluster, ClusterConnection, KindInfo } from '../../lib/cluster/port.ts'
import { valueAt } from '../../lib/manifest/manifest.ts'
import { isObject } from '../../lib/std/json.ts'

const NODE = 'fake-node'
const NODE_KIND: KindInfo = {
  group: '',
  version: 'v1',
  kind: 'Node',
  resource: 'nodes',
  namespaced: false,
}

/** Makes a Node that kwok manages, waits until Pods can be scheduled to it, and frees it of taints. */
export async function addFakeNode(
  connection: ClusterConnection,
  until: (what: string, check: () => Promise<boolean>) => Promise<void>,
): Promise<void> {
  const clusters = createHttp2Clusters({ clock: { now: () => Date.now() } })
  try {
    const cluster = clusters.connect('control-plane', connection)
    await cluster.apply(NODE_KIND, FAKE_NODE, { fieldManager: 'argosy', force: true })
    await until('the fake node did not become ready', () => isNodeReady(cluster))
    await removeTaints(cluster)
  } finally {
    await clusters.close()
  }
}

const FAKE_NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: NODE,
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
    labels: { 'kubernetes.io/hostname': NODE, 'kubernetes.io/os': 'linux' },
  },
}

async function isNodeReady(cluster: Cluster): Promise<boolean> {
  const conditions = valueAt(await cluster.get(NODE_KIND, '', NODE), 'status', 'conditions')
  return (
    Array.isArray(conditions) &&
    conditions
      .filter(isObject)
      .some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True')
  )
}

/** New Nodes are tainted as not ready; the controller that takes it away wants heartbeats. */
async function removeTaints(cluster: Cluster): Promise<void> {
  const node = await cluster.get(NODE_KIND, '', NODE)
  if (valueAt(node, 'spec', 'taints') === undefined) return
  const key = { group: '', kind: 'Node', namespace: '', name: NODE }
  await cluster.patch(NODE_KIND, key, [{ op: 'remove', path: '/spec/taints' }])
}
