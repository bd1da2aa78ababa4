import type { ConditionType } from '../app/status.ts'
import { keyOf, keyText } from '../manifest/key.ts'
import { isClusterScoped } from '../manifest/kinds.ts'
import { groupOf, type Manifest } from '../manifest/manifest.ts'
import { withTracking } from '../manifest/tracking.ts'
import { isObject, type Json, type JsonObject } from '../std/json.ts'
import { limitObjects } from './limits.ts'

export interface TargetContext {
  readonly app: string
  /** The destination's namespace, for namespaced objects that name none. */
  readonly namespace: string
  /** What the cluster says of a kind; `undefined`: it does not know it (yet). */
  readonly isNamespaced: (apiVersion: string, kind: string) => boolean | undefined
}

export interface TargetWarning {
  readonly type: ConditionType
  readonly message: string
}

export interface Targets {
  readonly targets: readonly Manifest[]
  readonly warnings: readonly TargetWarning[]
}

/**
 * Makes rendered manifests into the target state (Argo CD 6.3-2): each object has its final
 * namespace and our mark, and of equal keys the last one stays. Throws `LimitExceeded`.
 */
export function prepareTargets(manifests: readonly Manifest[], context: TargetContext): Targets {
  limitObjects(manifests.length)
  const prepared = manifests.map((manifest) =>
    withTracking(withNamespace(withoutNoise(manifest), context), context.app, context.namespace),
  )
  const repeated = [...Map.groupBy(prepared.filter(hasName), textOfKey)]
    .filter(([, equal]) => equal.length > 1)
    .map(([key, equal]) => ({ key, count: equal.length, dropped: equal.slice(0, -1) }))
  const dropped = new Set(repeated.flatMap((repeat) => repeat.dropped))
  return {
    targets: prepared.filter((target) => !dropped.has(target)),
    warnings: repeated.map(({ key, count }) => ({
      type: 'RepeatedResourceWarning',
      message: `Resource ${key} appeared ${count} times among application resources.`,
    })),
  }
}

/** Objects that get their names on the cluster never meet. */
const hasName = (target: Manifest): boolean => keyOf(target).name !== ''
const textOfKey = (target: Manifest): string => keyText(keyOf(target))

function withNamespace(manifest: Manifest, context: TargetContext): Manifest {
  const { apiVersion, kind } = manifest
  const isNamespaced =
    context.isNamespaced(apiVersion, kind) ?? !isClusterScoped(groupOf(manifest), kind)
  const { namespace: own, ...metadata } = manifest.metadata
  const namespace = isNamespaced ? own || context.namespace : ''
  return { ...manifest, metadata: namespace === '' ? metadata : { ...metadata, namespace } }
}

/** What `kubectl create --dry-run -o yaml` leaves in files: it says nothing, but would be applied. */
function withoutNoise(manifest: Manifest): Manifest {
  const { status, ...rest } = manifest
  const spec = isObject(rest['spec']) ? { spec: withoutTemplateNoise(rest['spec']) } : {}
  return {
    ...rest,
    ...(isEmpty(status) ? {} : { status }),
    ...spec,
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    metadata: withoutNullCreation(manifest.metadata),
  }
}

const isEmpty = (status: Json | undefined): boolean =>
  status === undefined || status === null || (isObject(status) && Object.keys(status).length === 0)

function withoutTemplateNoise(spec: JsonObject): JsonObject {
  const { template } = spec
  if (!isObject(template) || !isObject(template['metadata'])) return spec
  return { ...spec, template: { ...template, metadata: withoutNullCreation(template['metadata']) } }
}

function withoutNullCreation<T extends JsonObject>(metadata: T): T {
  if (metadata['creationTimestamp'] !== null) return metadata
  const { creationTimestamp: _, ...rest } = metadata
  return rest as T
}
