import type { ResourceState } from '../app/status.ts'
import type { Cluster, KindInfo } from '../cluster/port.ts'
import { faultOf, describeFault } from '../fault/fault.ts'
import { type ResourceKey, keyOf, keyText } from '../manifest/key.ts'
import { type Manifest, splitApiVersion } from '../manifest/manifest.ts'
import { prepareTargets, type TargetWarning } from '../render/targets.ts'
import type { InventoryEntry } from '../state/documents.ts'
import { digestJson } from '../std/digest.ts'
import { mapPool } from '../std/pool.ts'
import { byKey, type Observed } from './compared.ts'

/** Requests under way at once for one Application; the cluster port bounds the cluster's total. */
export const REQUESTS_AT_ONCE = 16

export interface ObserveRequest {
  readonly app: string
  /** The destination's namespace, for namespaced objects that name none. */
  readonly namespace: string
  readonly manifests: readonly Manifest[]
  readonly inventory: readonly InventoryEntry[]
  readonly previous: readonly ResourceState[]
  /** Fetch every live object, or only those that may have changed since the last look. */
  readonly scope: 'all' | 'changed'
}

export interface Observation {
  readonly observed: readonly Observed[]
  readonly warnings: readonly TargetWarning[]
}

/**
 * Stage 3. Pairs what Git says with what the cluster has: one GET for each target and each object
 * of the inventory whose state is not known. An object that cannot be read is reported as such,
 * never as absent (law 7). Throws `ClusterUnreachable` and `ClusterRefused`.
 */
export async function observe(cluster: Cluster, request: ObserveRequest): Promise<Observation> {
  const kinds = await kindsOf(cluster, request.manifests, request.inventory)
  const { targets, warnings } = prepareTargets(request.manifests, {
    app: request.app,
    namespace: request.namespace,
    isNamespaced: (apiVersion, kind) => kinds.get(`${apiVersion}/${kind}`)?.namespaced,
  })
  const previous = byKey(request.previous)
  const targeted = new Set(targets.map((target) => keyText(keyOf(target))))
  const subjects: readonly Subject[] = [
    ...targets.map((target) => ({
      key: keyOf(target),
      version: splitApiVersion(target.apiVersion).version,
      target,
      targetDigest: digestJson(target),
    })),
    ...request.inventory.filter(({ key }) => !targeted.has(keyText(key))),
  ]

  const observed = await mapPool(subjects, REQUESTS_AT_ONCE, (subject) => {
    const before = previous.get(keyText(subject.key))
    const info = kinds.get(
      `${apiVersionOf(subject.key.group, subject.version)}/${subject.key.kind}`,
    )
    const known = {
      ...subject,
      ...(info === undefined ? {} : { info }),
      ...(before === undefined ? {} : { previous: before }),
    }
    return request.scope === 'changed' && isSettled(subject, before)
      ? Promise.resolve({ ...known, isTrusted: true })
      : fetchLive(cluster, known)
  })
  return { observed, warnings }
}

interface Subject {
  readonly key: ResourceKey
  readonly version: string
  readonly target?: Manifest
  readonly targetDigest?: string
}

/** Nothing is expected to change: same target as found equal before, and healthy or without health. */
const isSettled = (subject: Subject, before: ResourceState | undefined): boolean =>
  subject.targetDigest !== undefined &&
  before?.status === 'Synced' &&
  before.live?.targetDigest === subject.targetDigest &&
  (before.health === undefined || before.health.status === 'Healthy')

async function fetchLive(
  cluster: Cluster,
  known: Omit<Observed, 'isTrusted' | 'live'>,
): Promise<Observed> {
  if (known.info === undefined) return { ...known, isTrusted: false }
  try {
    const live = await cluster.get(known.info, known.key.namespace, known.key.name)
    return { ...known, isTrusted: false, ...(live === undefined ? {} : { live }) }
  } catch (error) {
    const fault = faultOf(error)
    if (fault.code !== 'KubernetesError') throw error
    return { ...known, isTrusted: false, unreadable: describeFault(fault) }
  }
}

async function kindsOf(
  cluster: Cluster,
  manifests: readonly Manifest[],
  inventory: readonly InventoryEntry[],
): Promise<ReadonlyMap<string, KindInfo>> {
  const wanted = new Map<string, { readonly apiVersion: string; readonly kind: string }>()
  for (const { apiVersion, kind } of manifests)
    wanted.set(`${apiVersion}/${kind}`, { apiVersion, kind })
  for (const { key, version } of inventory) {
    const apiVersion = apiVersionOf(key.group, version)
    wanted.set(`${apiVersion}/${key.kind}`, { apiVersion, kind: key.kind })
  }
  const kinds = new Map<string, KindInfo>()
  for (const [name, { apiVersion, kind }] of wanted) {
    const info = await cluster.kind(apiVersion, kind)
    if (info !== undefined) kinds.set(name, info)
  }
  return kinds
}

const apiVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`
