import type { Manifest } from '../../../lib/manifest/manifest.ts'
import { numberAt, objectsAt, textAt } from '../kinds.ts'
import {
  childrenOf,
  createChild,
  createFree,
  isReady,
  podOf,
  templateHash,
  withoutZeros,
  writeStatus,
} from './children.ts'
import { PODS_MAX } from './replica-sets.ts'
import type { Controller, ControllerContext } from './runner.ts'

const REVISION_LABEL = 'controller-revision-hash'

/** StatefulSet → numbered pods with volume claims; a new template replaces them one by one from the last. */
export const statefulSets: Controller = {
  collection: 'apps/StatefulSet',
  reconcile(context, set) {
    if (set.metadata.deletionTimestamp !== undefined) return
    const name = set.metadata.name ?? ''
    const revision = `${name}-${templateHash(set)}`
    const wanted = Math.min(PODS_MAX, numberAt(set, 'spec', 'replicas') ?? 1)
    const isWanted = (pod: Manifest): boolean => ordinalOf(pod) < wanted

    for (const pod of childrenOf(context, set, '/Pod'))
      if (!isWanted(pod)) context.store.remove(pod)
    createMissing(context, set, { revision, wanted })
    replaceOne(context, set, revision)
    report(context, set, revision)
  },
}

const ordinalOf = (pod: Manifest): number =>
  Number(pod.metadata.labels?.['apps.kubernetes.io/pod-index'] ?? 0)

interface Wanted {
  readonly revision: string
  readonly wanted: number
}

/** In order: the next begins when those before it are ready. */
function createMissing(
  context: ControllerContext,
  set: Manifest,
  { revision, wanted }: Wanted,
): void {
  const pods = childrenOf(context, set, '/Pod')
  const isParallel = textAt(set, 'spec', 'podManagementPolicy') === 'Parallel'
  for (let ordinal = 0; ordinal < wanted; ordinal++) {
    const present = pods.find((pod) => ordinalOf(pod) === ordinal)
    if (present !== undefined && (isReady(present) || isParallel)) continue
    if (present === undefined) createPod(context, set, { revision, ordinal })
    if (!isParallel) return
  }
}

function createPod(
  context: ControllerContext,
  set: Manifest,
  { revision, ordinal }: { readonly revision: string; readonly ordinal: number },
): void {
  const name = `${set.metadata.name ?? ''}-${ordinal}`
  const labels = {
    'apps.kubernetes.io/pod-index': String(ordinal),
    [REVISION_LABEL]: revision,
    'statefulset.kubernetes.io/pod-name': name,
  }
  for (const claim of objectsAt(set, 'spec', 'volumeClaimTemplates')) {
    createClaim(context, set, { claim: claim as Manifest, pod: name })
  }
  createChild(context, set, podOf(set, name, { labels, spec: { hostname: name } }))
}

/** Claims outlive their set, so they belong to nobody. */
function createClaim(
  context: ControllerContext,
  set: Manifest,
  { claim, pod }: { readonly claim: Manifest; readonly pod: string },
): void {
  const name = `${textAt(claim, 'metadata', 'name')}-${pod}`
  const namespace = set.metadata.namespace ?? ''
  createFree(context, {
    ...claim,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...claim.metadata, name, namespace },
  })
}

function replaceOne(context: ControllerContext, set: Manifest, revision: string): void {
  if (textAt(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return
  const pods = childrenOf(context, set, '/Pod')
  const outdated = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] !== revision)
  const isUpdating = pods.some((pod) => !outdated.includes(pod) && !isReady(pod))
  const [last] = outdated.toSorted((a, b) => ordinalOf(b) - ordinalOf(a))
  if (last !== undefined && !isUpdating) context.store.remove(last)
}

function report(context: ControllerContext, set: Manifest, revision: string): void {
  const pods = childrenOf(context, set, '/Pod')
  const updated = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision).length
  const ready = pods.filter(isReady).length
  const isDone = updated === pods.length
  const former = textAt(set, 'status', 'currentRevision')
  writeStatus(context, set, {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: pods.length,
    collisionCount: 0,
    currentRevision: isDone || former === '' ? revision : former,
    updateRevision: revision,
    availableReplicas: ready,
    ...withoutZeros({
      readyReplicas: ready,
      currentReplicas: isDone ? pods.length : pods.length - updated,
      updatedReplicas: updated,
    }),
  })
}
