import type { ResourceState } from '../app/status.ts'
import type { Cluster } from '../cluster/port.ts'
import { describeFault, faultOf } from '../fault/fault.ts'
import { keyOf, keyText } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { findCluster, openCluster } from '../reconcile/open-cluster.ts'
import type { Ports } from '../reconcile/ports.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { mapPool } from '../std/pool.ts'

/** Kinds whose objects make others, and the kinds that they make; what makes nothing costs nothing. */
const MAKERS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'])
const MADE = [
  { group: 'apps', kind: 'ReplicaSet' },
  { group: 'batch', kind: 'Job' },
  { group: '', kind: 'Pod' },
] as const
const LISTS_AT_ONCE = 6
/** Of more objects nobody sees a tree. */
export const OWNED_OBJECTS_MAX = 2000

/**
 * The workloads that an Application's objects own, directly or not, by key. Asks the cluster for
 * one list a kind and namespace. What the cluster does not tell is left out: a tree without pods
 * is better than none.
 */
export async function findOwned(
  ports: Pick<Ports, 'state' | 'secrets' | 'clusters' | 'log'>,
  record: ApplicationRecord,
  own: readonly ResourceState[],
): Promise<readonly Manifest[]> {
  const makers = own.filter(({ key, live }) => MAKERS.has(key.kind) && live !== undefined)
  if (makers.length === 0) return []
  const namespaces = [...new Set(makers.map(({ key }) => key.namespace))]
  try {
    const registered = await findCluster(ports, record.tenant, record.spec.destination)
    const cluster = await openCluster(ports, registered)
    const candidates = await listMade(cluster, namespaces)
    const roots = makers.flatMap(({ live }) => (live === undefined ? [] : [live.uid]))
    return descendants(roots, candidates)
  } catch (error) {
    const { tenant, name } = record
    ports.log.info('tree.partial', { tenant, app: name, reason: describeFault(faultOf(error)) })
    return []
  }
}

async function listMade(
  cluster: Cluster,
  namespaces: readonly string[],
): Promise<readonly Manifest[]> {
  const lists = namespaces.flatMap((namespace) => MADE.map((made) => ({ namespace, ...made })))
  const found = await mapPool(lists, LISTS_AT_ONCE, async ({ group, kind, namespace }) => {
    const info = await cluster.kindOf(group, kind)
    return info === undefined ? [] : cluster.list(info, { namespace })
  })
  return found.flat()
}

/** Everything whose owners lead to one of the roots, by key, up to a limit. */
export function descendants(
  roots: readonly string[],
  candidates: readonly Manifest[],
): readonly Manifest[] {
  const reached = new Set(roots)
  const found = new Set<Manifest>()
  let before = -1
  while (found.size > before) {
    before = found.size
    for (const object of candidates.filter((candidate) => !found.has(candidate))) {
      const owners = object.metadata.ownerReferences ?? []
      if (!owners.some(({ uid }) => reached.has(uid))) continue
      found.add(object)
      reached.add(object.metadata.uid ?? '')
    }
  }
  return [...found].toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1)).slice(0, OWNED_OBJECTS_MAX)
}

const textOf = (object: Manifest): string => keyText(keyOf(object))
