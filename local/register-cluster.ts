import { IN_CLUSTER_NAME, IN_CLUSTER_SERVER } from '../lib/app/application.ts'
import type { ClusterConnection } from '../lib/cluster/port.ts'
import { connectionPurpose } from '../lib/reconcile/open-cluster.ts'
import type { Ports } from '../lib/reconcile/ports.ts'
import { putCluster } from '../lib/state/clusters.ts'

/** Makes the local cluster the tenant's own `https://kubernetes.default.svc`. */
export async function registerInCluster(
  ports: Pick<Ports, 'state' | 'secrets' | 'clock'>,
  tenant: string,
  connection: ClusterConnection,
): Promise<void> {
  const server = IN_CLUSTER_SERVER
  const sealed = await ports.secrets.seal(
    tenant,
    connectionPurpose(server),
    JSON.stringify(connection),
  )
  const cluster = { server, name: IN_CLUSTER_NAME, connection: sealed }
  await putCluster(ports.state, tenant, cluster, ports.clock.now())
}
