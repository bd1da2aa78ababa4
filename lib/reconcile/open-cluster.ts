import type { Destination } from '../app/application.ts'
import type { Cluster, ClusterConnection } from '../cluster/port.ts'
import { ArgosyError } from '../fault/fault.ts'
import { getCluster, listClusters } from '../state/clusters.ts'
import type { ClusterRecord } from '../state/records.ts'
import type { Ports } from './ports.ts'

/** What cluster credentials are sealed for; changing it makes every stored one unreadable. */
export const connectionPurpose = (server: string): string => `cluster:${server}`

/**
 * The registered cluster that a destination names, by server or by name.
 * Throws `ClusterNotRegistered`, or `InvalidArgument` when both are given or neither.
 */
export async function findCluster(
  ports: Pick<Ports, 'state'>,
  tenant: string,
  destination: Destination,
): Promise<ClusterRecord> {
  const { server = '', name = '' } = destination
  if ((server === '') === (name === '')) {
    throw new ArgosyError({
      code: 'InvalidArgument',
      message:
        server === ''
          ? 'application destination names no cluster; set its server or its name'
          : `application destination can't have both name and server defined: ${name} ${server}`,
    })
  }
  const found =
    server === ''
      ? (await listClusters(ports.state, tenant)).filter((cluster) => cluster.name === name)
      : [await getCluster(ports.state, tenant, server)]
  if (found.length > 1) {
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: `there are ${found.length} clusters with the name ${name}; use the server's URL`,
    })
  }
  const cluster = found[0]
  if (cluster === undefined) {
    throw new ArgosyError({ code: 'ClusterNotRegistered', cluster: server === '' ? name : server })
  }
  return cluster
}

/** Opens the cluster with its unsealed credentials; connections are shared by the port. */
export async function openCluster(
  ports: Pick<Ports, 'secrets' | 'clusters'>,
  record: ClusterRecord,
): Promise<Cluster> {
  const plain = await ports.secrets.open(
    record.tenant,
    connectionPurpose(record.server),
    record.connection,
  )
  return ports.clusters.connect(record.tenant, JSON.parse(plain) as ClusterConnection)
}
