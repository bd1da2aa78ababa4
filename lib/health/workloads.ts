import type { Manifest } from '../manifest/manifest.ts'
import { valueAt } from '../manifest/manifest.ts'
import {
  conditionsOf,
  health,
  type HealthRule,
  isStale,
  numberAt,
  replicasOf,
  textAt,
} from './fields.ts'

/** Rules and sentences of the kinds that keep pods running, as Argo CD's clients know them (1.7). */

export const deploymentHealth: HealthRule = (live) => {
  if (valueAt(live, 'spec', 'paused') === true) return health('Suspended', 'Deployment is paused')
  if (isStale(live)) return waiting('observed deployment generation less than desired generation')

  const progressing = conditionsOf(live).find(({ type }) => type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return health('Degraded', `Deployment "${live.metadata.name}" exceeded its progress deadline`)
  }
  const wanted = replicasOf(live)
  const replicas = numberAt(live, 'status', 'replicas')
  const updated = numberAt(live, 'status', 'updatedReplicas')
  const available = numberAt(live, 'status', 'availableReplicas')
  if (wanted !== undefined && updated < wanted) {
    return waiting(`${updated} out of ${wanted} new replicas have been updated...`)
  }
  if (replicas > updated) {
    return waiting(`${replicas - updated} old replicas are pending termination...`)
  }
  if (available < updated) {
    return waiting(`${available} of ${updated} updated replicas are available...`)
  }
  return health('Healthy')
}

export const replicaSetHealth: HealthRule = (live) => {
  if (isStale(live)) return waiting('observed replica set generation less than desired generation')

  const failure = conditionsOf(live).find(({ type }) => type === 'ReplicaFailure')
  if (failure?.status === 'True') return health('Degraded', failure.message)
  const wanted = replicasOf(live)
  const available = numberAt(live, 'status', 'availableReplicas')
  return wanted !== undefined && available < wanted
    ? waiting(`${available} out of ${wanted} new replicas are available...`)
    : health('Healthy')
}

export const statefulSetHealth: HealthRule = (live) => {
  if (numberAt(live, 'status', 'observedGeneration') === 0 || isStale(live)) {
    return health('Progressing', 'Waiting for statefulset spec update to be observed...')
  }
  const wanted = replicasOf(live)
  const ready = numberAt(live, 'status', 'readyReplicas')
  if (wanted !== undefined && ready < wanted) {
    return health('Progressing', `Waiting for ${wanted - ready} pods to be ready...`)
  }
  return statefulSetUpdate(live)
}

function statefulSetUpdate(live: Manifest) {
  const strategy = textAt(live, 'spec', 'updateStrategy', 'type')
  const rolling = valueAt(live, 'spec', 'updateStrategy', 'rollingUpdate')
  if (strategy === 'RollingUpdate' && rolling !== undefined && rolling !== null) {
    return partitionHealth(live, valueAt(rolling, 'partition'))
  }
  if (strategy === 'OnDelete') {
    const ready = numberAt(live, 'status', 'readyReplicas')
    return health('Healthy', `statefulset has ${ready} ready pods`)
  }
  const current = textAt(live, 'status', 'currentRevision')
  const next = textAt(live, 'status', 'updateRevision')
  if (current !== next) {
    const updated = numberAt(live, 'status', 'updatedReplicas')
    return health(
      'Progressing',
      `waiting for statefulset rolling update to complete ${updated} pods at revision ${next}...`,
    )
  }
  const pods = numberAt(live, 'status', 'currentReplicas')
  return health(
    'Healthy',
    `statefulset rolling update complete ${pods} pods at revision ${current}...`,
  )
}

function partitionHealth(live: Manifest, partition: unknown) {
  const replicas = replicasOf(live)
  const updated = numberAt(live, 'status', 'updatedReplicas')
  if (replicas !== undefined && typeof partition === 'number' && updated < replicas - partition) {
    return health(
      'Progressing',
      `Waiting for partitioned roll out to finish: ${updated} out of ${replicas - partition} new pods have been updated...`,
    )
  }
  return health(
    'Healthy',
    `partitioned roll out complete: ${updated} new pods have been updated...`,
  )
}

export const daemonSetHealth: HealthRule = (live) => {
  if (isStale(live)) return waiting('observed daemon set generation less than desired generation')

  const wanted = numberAt(live, 'status', 'desiredNumberScheduled')
  const updated = numberAt(live, 'status', 'updatedNumberScheduled')
  const available = numberAt(live, 'status', 'numberAvailable')
  const waitingFor = (what: string) =>
    health(
      'Progressing',
      `Waiting for daemon set "${live.metadata.name}" rollout to finish: ${what}`,
    )

  if (textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return health('Healthy', `daemon set ${updated} out of ${wanted} new pods have been updated`)
  }
  if (updated < wanted) {
    return waitingFor(`${updated} out of ${wanted} new pods have been updated...`)
  }
  if (available < wanted)
    return waitingFor(`${available} of ${wanted} updated pods are available...`)
  return health('Healthy')
}

const waiting = (what: string) => health('Progressing', `Waiting for rollout to finish: ${what}`)
