import type { Manifest } from '../../lib/manifest/manifest.ts'
import { isObject, type JsonObject } from '../../lib/std/json.ts'
import { numberAt, objectAt } from './kinds.ts'
import { badRequest } from './status.ts'

/** The `scale` subresource of a workload, as an object of its own kind. */
export function scaleOf(object: Manifest): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const labels = Object.entries(objectAt(object, 'spec', 'selector', 'matchLabels'))
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberAt(object, 'spec', 'replicas') ?? 0 },
    status: {
      replicas: numberAt(object, 'status', 'replicas') ?? 0,
      selector: labels.map(([label, value]) => `${label}=${value as string}`).join(','),
    },
  }
}

/** The workload with what a written `Scale` says. Throws 400 for one that says nothing sensible. */
export function withScale(object: Manifest, scale: JsonObject): JsonObject {
  const replicas = numberAt(scale, 'spec', 'replicas') ?? 0
  if (!Number.isInteger(replicas) || replicas < 0) {
    throw badRequest(
      `spec.replicas: Invalid value: ${replicas}: must be greater than or equal to 0`,
    )
  }
  const { resourceVersion } = objectAt(scale, 'metadata')
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    },
    spec: { ...(isObject(object['spec']) ? object['spec'] : {}), replicas },
  }
}
