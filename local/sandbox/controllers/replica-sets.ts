import type { Manifest } from '../../../lib/manifest/manifest.ts'
import { numberAt, objectsAt } from '../kinds.ts'
import {
  childrenOf,
  createChild,
  isReady,
  podOf,
  randomSuffix,
  withoutZeros,
  writeStatus,
} from './children.ts'
import type { Controller, ControllerContext } from './runner.ts'

const PODS = '/Pod'

/** More pods than anybody needs to look at; a workload that asks for more gets so many. */
export const PODS_MAX = 100

/** ReplicaSet → so many pods; those that are not ready go first. */
export const replicaSets: Controller = {
  collection: 'apps/ReplicaSet',
  reconcile(context, set) {
    if (set.metadata.deletionTimestamp !== undefined) return
    const wanted = Math.min(PODS_MAX, numberAt(set, 'spec', 'replicas') ?? 1)
    const pods = childrenOf(context, set, PODS)
    for (let count = pods.length; count < wanted; count++) {
      createChild(context, set, podOf(set, `${set.metadata.name ?? ''}-${randomSuffix(context)}`))
    }
    const surplus = pods.toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)))
    for (const pod of surplus.slice(0, Math.max(0, pods.length - wanted))) context.store.remove(pod)

    const ready = childrenOf(context, set, PODS).filter(isReady).length
    const generation = set.metadata.generation ?? 1
    writeStatus(context, set, {
      observedGeneration: generation,
      replicas: wanted,
      terminatingReplicas: 0,
      ...withoutZeros({
        fullyLabeledReplicas: wanted,
        readyReplicas: ready,
        availableReplicas: ready,
      }),
    })
  },
}

/** One pod on the one node. */
export const daemonSets: Controller = {
  collection: 'apps/DaemonSet',
  reconcile(context, set) {
    if (set.metadata.deletionTimestamp !== undefined) return
    const pods = keepCurrent(context, set)
    if (pods.length === 0) {
      const labels = { 'pod-template-generation': String(set.metadata.generation ?? 1) }
      createChild(
        context,
        set,
        podOf(set, `${set.metadata.name ?? ''}-${randomSuffix(context)}`, { labels }),
      )
    }
    const ready = childrenOf(context, set, PODS).filter(isReady).length
    writeStatus(context, set, {
      observedGeneration: set.metadata.generation ?? 1,
      currentNumberScheduled: 1,
      desiredNumberScheduled: 1,
      numberMisscheduled: 0,
      numberReady: ready,
      updatedNumberScheduled: 1,
      ...withoutZeros({ numberAvailable: ready, numberUnavailable: 1 - ready }),
    })
  },
}

/** Pods of the present template; the others are removed. */
function keepCurrent(context: ControllerContext, set: Manifest): readonly Manifest[] {
  const images = imagesOf(objectsAt(set, 'spec', 'template', 'spec', 'containers'))
  const pods = childrenOf(context, set, PODS)
  const isCurrent = (pod: Manifest): boolean =>
    imagesOf(objectsAt(pod, 'spec', 'containers')) === images
  for (const pod of pods) if (!isCurrent(pod)) context.store.remove(pod)
  return pods.filter(isCurrent)
}

const imagesOf = (containers: ReturnType<typeof objectsAt>): string =>
  JSON.stringify(containers.map(({ name, image }) => [name, image]))
