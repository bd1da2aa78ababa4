import { type Manifest, valueAt } from '../manifest/manifest.ts'
import { type Json, jsonEqual, type JsonObject } from '../std/json.ts'

/**
 * The status that controllers would give an object in the end; `undefined` when it has it already
 * or gets none. Workloads become ready, unless an image is tagged `broken`.
 */
export function settledStatus(object: Manifest, time: string): JsonObject | undefined {
  const kind = STATUS[object.kind]
  if (kind === undefined) return undefined
  const status = kind(object, time)
  const current = object['status']
  return jsonEqual(withoutTimes(current), withoutTimes(status)) ? undefined : status
}

const STATUS: Readonly<Record<string, (object: Manifest, time: string) => JsonObject>> = {
  Namespace: () => ({ phase: 'Active' }),
  PersistentVolumeClaim: () => ({ phase: 'Bound' }),
  Deployment: deploymentStatus,
  ReplicaSet: (object) => replicaStatus(object),
  StatefulSet: (object) => ({ ...replicaStatus(object), updatedReplicas: readyOf(object) }),
  DaemonSet: (object) => {
    const ready = isBroken(object) ? 0 : 1
    return {
      observedGeneration: generationOf(object),
      desiredNumberScheduled: 1,
      updatedNumberScheduled: 1,
      numberAvailable: ready,
      numberReady: ready,
    }
  },
  Job: (object, time) => ({
    conditions: [condition(isBroken(object) ? 'Failed' : 'Complete', 'True', 'Settled', time)],
  }),
  Pod: (object) =>
    isBroken(object)
      ? { phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] }
      : { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
}

function deploymentStatus(object: Manifest, time: string): JsonObject {
  const failed = isBroken(object)
  const conditions = failed
    ? [
        condition('Available', 'False', 'MinimumReplicasUnavailable', time),
        condition('Progressing', 'False', 'ProgressDeadlineExceeded', time),
      ]
    : [
        condition('Available', 'True', 'MinimumReplicasAvailable', time),
        condition('Progressing', 'True', 'NewReplicaSetAvailable', time),
      ]
  return { ...replicaStatus(object), updatedReplicas: replicasOf(object), conditions }
}

const replicaStatus = (object: Manifest): JsonObject => ({
  observedGeneration: generationOf(object),
  replicas: replicasOf(object),
  readyReplicas: readyOf(object),
  availableReplicas: readyOf(object),
})

const readyOf = (object: Manifest): number => (isBroken(object) ? 0 : replicasOf(object))

const generationOf = (object: Manifest): number => object.metadata.generation ?? 1

function replicasOf(object: Manifest): number {
  const replicas = valueAt(object, 'spec', 'replicas')
  return typeof replicas === 'number' ? replicas : 1
}

function isBroken(object: Manifest): boolean {
  const template = valueAt(object, 'spec', 'template', 'spec', 'containers')
  const containers = template ?? valueAt(object, 'spec', 'containers')
  return (
    Array.isArray(containers) &&
    containers.some((container: Json) => {
      const image = valueAt(container, 'image')
      return typeof image === 'string' && image.endsWith(':broken')
    })
  )
}

const condition = (type: string, status: string, reason: string, time: string): JsonObject => ({
  type,
  status,
  reason,
  lastTransitionTime: time,
})

const waiting = (reason: string): JsonObject => ({ ready: false, state: { waiting: { reason } } })

/** A condition that is true again at another time is no change. */
function withoutTimes(status: Json | undefined): Json | undefined {
  const conditions = valueAt(status, 'conditions')
  if (!Array.isArray(conditions)) return status
  const plain = conditions.map((each: Json) => ({
    ...(each as JsonObject),
    lastTransitionTime: '',
  }))
  return { ...(status as JsonObject), conditions: plain }
}
