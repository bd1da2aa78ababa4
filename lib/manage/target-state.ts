import type { Cluster } from '../cluster/port.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { findCluster, openCluster } from '../reconcile/open-cluster.ts'
import type { Ports } from '../reconcile/ports.ts'
import { render } from '../reconcile/render.ts'
import { resolve } from '../reconcile/resolve.ts'
import type { ApplicationRecord } from '../state/records.ts'

export interface TargetState {
  readonly cluster: Cluster
  readonly manifests: readonly Manifest[]
}

/**
 * What Git says now: at the revision that is named, else at the one of the last comparison, so
 * that what is shown belongs to the status beside it.
 */
export async function targetState(
  ports: Ports,
  record: ApplicationRecord,
  revision: string,
): Promise<TargetState> {
  const { tenant, spec, seen } = record
  const isCurrent = revision === '' && seen.generation === record.generation
  const compared = isCurrent ? seen.summary?.snapshot?.revisions : undefined
  const revisions = revision === '' ? compared : [revision]
  const resolved = await resolve(ports, record, {
    fresh: revisions === undefined,
    ...(revisions === undefined ? {} : { revisions }),
  })
  const { manifests } = await render(ports, tenant, resolved, { useCache: true })
  const cluster = await openCluster(ports, await findCluster(ports, tenant, spec.destination))
  return { cluster, manifests }
}
