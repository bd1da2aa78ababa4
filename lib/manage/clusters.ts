import { authorize, isAllowed } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { ArgosyError } from '../fault/fault.ts'
import { findCluster } from '../reconcile/open-cluster.ts'
import type { Ports } from '../reconcile/ports.ts'
import { listApplications } from '../state/applications.ts'
import { listClusters as readClusters } from '../state/clusters.ts'
import type { ApplicationRecord, ClusterRecord } from '../state/records.ts'
import { toRfc3339 } from '../std/rfc3339.ts'

/** A cluster as the API shows it: nothing with which one could log in to it (argocd.md 1.14). */
export interface ClusterJson {
  readonly server: string
  readonly name: string
  readonly config: { readonly tlsClientConfig: { readonly insecure: boolean } }
  readonly connectionState: ConnectionStateJson
  readonly serverVersion?: string
  readonly info: {
    readonly connectionState: ConnectionStateJson
    readonly serverVersion?: string
    readonly cacheInfo: Readonly<Record<string, never>>
    readonly applicationsCount: number
  }
}

interface ConnectionStateJson {
  readonly status: 'Successful' | 'Failed' | 'Unknown'
  readonly message: string
  readonly attemptedAt: string | null
}

export async function listClusters(
  ports: Pick<Ports, 'state'>,
  caller: Caller,
): Promise<readonly ClusterJson[]> {
  const [clusters, apps] = await Promise.all([
    readClusters(ports.state, caller.tenant),
    listApplications(ports.state, caller.tenant),
  ])
  return clusters
    .filter(({ server }) => isAllowed(caller, 'clusters', 'get', server))
    .map((cluster) => presentCluster(cluster, apps))
}

/** By server or by name. Whoever may not see it and whoever misspells it learn the same. */
export async function getCluster(
  ports: Pick<Ports, 'state'>,
  caller: Caller,
  ref: { readonly server: string } | { readonly name: string },
): Promise<ClusterJson> {
  authorize(caller, 'clusters', 'get', 'server' in ref ? ref.server : ref.name)
  try {
    const cluster = await findCluster(ports, caller.tenant, ref)
    return presentCluster(cluster, await listApplications(ports.state, caller.tenant))
  } catch (cause) {
    throw new ArgosyError({ code: 'PermissionDenied', message: 'permission denied' }, { cause })
  }
}

function presentCluster(record: ClusterRecord, apps: readonly ApplicationRecord[]): ClusterJson {
  const { server, name, serverVersion } = record
  const applicationsCount = apps.filter(({ spec: { destination } }) =>
    destination.server === undefined || destination.server === ''
      ? destination.name === name
      : destination.server === server,
  ).length
  const connectionState = presentConnection(record)
  const version = serverVersion === undefined ? {} : { serverVersion }
  return {
    server,
    name,
    config: { tlsClientConfig: { insecure: false } },
    connectionState,
    ...version,
    info: { connectionState, ...version, cacheInfo: {}, applicationsCount },
  }
}

function presentConnection(record: ClusterRecord): ConnectionStateJson {
  const attemptedAt = record.attemptedAt === undefined ? null : toRfc3339(record.attemptedAt)
  if (record.error !== undefined) return { status: 'Failed', message: record.error, attemptedAt }
  return record.attemptedAt === undefined
    ? { status: 'Unknown', message: NOT_ASKED, attemptedAt }
    : { status: 'Successful', message: '', attemptedAt }
}

const NOT_ASKED = 'Cluster has no applications and is not being monitored.'
