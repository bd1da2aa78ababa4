import type { Manifest } from '../../../lib/manifest/manifest.ts'
import type { JsonObject } from '../../../lib/std/json.ts'
import { numberAt, objectAt, objectsAt, textAt } from '../kinds.ts'
import {
  childrenOf,
  conditionOf,
  createChild,
  templateHash,
  withoutZeros,
  writeStatus,
} from './children.ts'
import type { Controller, ControllerContext } from './runner.ts'

const REVISION = 'deployment.kubernetes.io/revision'
const REPLICA_SETS = 'apps/ReplicaSet'

/** Deployment → ReplicaSets: the new one first, the old ones go once it is available. */
export const deployments: Controller = {
  collection: 'apps/Deployment',
  reconcile(context, deployment) {
    if (deployment.metadata.deletionTimestamp !== undefined) return
    const hash = templateHash(deployment)
    const owned = childrenOf(context, deployment, REPLICA_SETS)
    const current = owned.find((set) => labelOf(set) === hash)
    const former = owned.filter((set) => set !== current)
    const isPaused = objectAt(deployment, 'spec')['paused'] === true

    if (!isPaused || former.length === 0) rollOut(context, deployment, { hash, current, former })
    report(context, deployment, hash)
  },
}

const labelOf = (set: Manifest): string => set.metadata.labels?.['pod-template-hash'] ?? ''

interface Rollout {
  readonly hash: string
  readonly current: Manifest | undefined
  readonly former: readonly Manifest[]
}

function rollOut(context: ControllerContext, deployment: Manifest, rollout: Rollout): void {
  const { hash, current, former } = rollout
  const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1
  const isRecreate = textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate'
  const isOldRunning = former.some((set) => (numberAt(set, 'status', 'replicas') ?? 0) > 0)
  if (isRecreate) for (const set of former) scaleTo(context, set, 0)
  if (isRecreate && isOldRunning) return

  const revisions = former.map(revisionOf)
  const revision = String(Math.max(0, ...revisions) + 1)
  if (current === undefined) createSet(context, deployment, { hash, revision, wanted })
  else {
    scaleTo(context, current, wanted)
    if (revisionOf(current) < Number(revision)) annotate(context, current, revision)
  }
  annotate(
    context,
    deployment,
    current === undefined ? revision : String(Math.max(Number(revision), revisionOf(current))),
  )

  const isAvailable = (numberAt(current, 'status', 'availableReplicas') ?? 0) >= wanted
  if (current !== undefined && isAvailable) for (const set of former) scaleTo(context, set, 0)
  forgetOldest(context, deployment, former)
}

const revisionOf = (set: Manifest): number => Number(set.metadata.annotations?.[REVISION] ?? 0)

function createSet(
  context: ControllerContext,
  deployment: Manifest,
  {
    hash,
    revision,
    wanted,
  }: { readonly hash: string; readonly revision: string; readonly wanted: number },
): void {
  const template = objectAt(deployment, 'spec', 'template')
  const selector = objectAt(deployment, 'spec', 'selector')
  const label = { 'pod-template-hash': hash }
  const labels = { ...objectAt(template, 'metadata', 'labels'), ...label } as Record<string, string>
  createChild(context, deployment, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name ?? ''}-${hash}`,
      labels,
      annotations: { [REVISION]: revision },
    },
    spec: {
      replicas: wanted,
      selector: { ...selector, matchLabels: { ...objectAt(selector, 'matchLabels'), ...label } },
      template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
    },
  })
}

function scaleTo({ store }: ControllerContext, set: Manifest, replicas: number): void {
  if (numberAt(set, 'spec', 'replicas') === replicas) return
  const live = store.get(REPLICA_SETS, set.metadata.namespace ?? '', set.metadata.name ?? '') ?? set
  store.put({
    ...live,
    metadata: { ...live.metadata, generation: (live.metadata.generation ?? 0) + 1 },
    spec: { ...objectAt(live, 'spec'), replicas },
  })
}

function annotate({ store }: ControllerContext, object: Manifest, revision: string): void {
  const { namespace = '', name = '' } = object.metadata
  const live = store.get(`apps/${object.kind}`, namespace, name)
  if (live === undefined || live.metadata.annotations?.[REVISION] === revision) return
  const annotations = { ...live.metadata.annotations, [REVISION]: revision }
  store.put({ ...live, metadata: { ...live.metadata, annotations } })
}

function forgetOldest(
  { store }: ControllerContext,
  deployment: Manifest,
  former: readonly Manifest[],
): void {
  const limit = numberAt(deployment, 'spec', 'revisionHistoryLimit') ?? 10
  const idle = former
    .filter(
      (set) => numberAt(set, 'spec', 'replicas') === 0 && numberAt(set, 'status', 'replicas') === 0,
    )
    .toSorted((a, b) => revisionOf(b) - revisionOf(a))
  for (const set of idle.slice(limit)) store.remove(set)
}

function report(context: ControllerContext, deployment: Manifest, hash: string): void {
  const sets = childrenOf(context, deployment, REPLICA_SETS)
  const current = sets.find((set) => labelOf(set) === hash)
  const sum = (field: string): number =>
    sets.reduce((total, set) => total + (numberAt(set, 'status', field) ?? 0), 0)
  const replicas = sum('replicas')
  const available = sum('availableReplicas')
  writeStatus(context, deployment, {
    observedGeneration: deployment.metadata.generation ?? 1,
    terminatingReplicas: 0,
    ...withoutZeros({
      replicas,
      updatedReplicas: numberAt(current, 'status', 'replicas') ?? 0,
      readyReplicas: sum('readyReplicas'),
      availableReplicas: available,
      unavailableReplicas: Math.max(
        0,
        Math.max(replicas, numberAt(deployment, 'spec', 'replicas') ?? 1) - available,
      ),
    }),
    conditions: conditionsOf(context, deployment, { current, available, replicas }),
  })
}

interface Counts {
  readonly current: Manifest | undefined
  readonly available: number
  readonly replicas: number
}

function conditionsOf(
  context: ControllerContext,
  deployment: Manifest,
  { current, available, replicas }: Counts,
): readonly JsonObject[] {
  const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1
  const isAvailable = available >= Math.max(wanted > 0 ? 1 : 0, Math.ceil(wanted * 0.75))
  const isDone =
    (numberAt(current, 'status', 'availableReplicas') ?? 0) >= wanted && replicas === wanted
  const now = context.now()
  const set = current?.metadata.name ?? ''
  return [
    conditionOf(
      deployment,
      isAvailable
        ? {
            type: 'Available',
            status: 'True',
            reason: 'MinimumReplicasAvailable',
            message: 'Deployment has minimum availability.',
          }
        : {
            type: 'Available',
            status: 'False',
            reason: 'MinimumReplicasUnavailable',
            message: 'Deployment does not have minimum availability.',
          },
      now,
    ),
    isDone
      ? conditionOf(
          deployment,
          {
            type: 'Progressing',
            status: 'True',
            reason: 'NewReplicaSetAvailable',
            message: `ReplicaSet "${set}" has successfully progressed.`,
          },
          now,
        )
      : progressOf(context, deployment, set),
  ]
}

/** A rollout that makes no progress for `progressDeadlineSeconds` has failed. */
function progressOf(context: ControllerContext, deployment: Manifest, set: string): JsonObject {
  const now = context.now()
  const deadlineMs = (numberAt(deployment, 'spec', 'progressDeadlineSeconds') ?? 600) * 1000
  const running = {
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: `ReplicaSet "${set}" is progressing.`,
  } as const
  const late = {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: `ReplicaSet "${set}" has timed out progressing.`,
  } as const
  const former = objectsAt(deployment, 'status', 'conditions').find(
    ({ type }) => type === 'Progressing',
  )
  const isSameSet = textAt(former, 'message').includes(`"${set}"`)
  if (isSameSet && former?.['reason'] === late.reason) return conditionOf(deployment, late, now)
  const isRunning = isSameSet && former?.['reason'] === running.reason
  const since = isRunning ? Date.parse(textAt(former, 'lastUpdateTime')) : now
  if (now - since >= deadlineMs) return conditionOf(deployment, late, now)
  context.later(deployment, since + deadlineMs - now)
  return conditionOf(deployment, running, now)
}
