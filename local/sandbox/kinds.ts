import type { KindInfo } from '../../lib/cluster/port.ts'
import { type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../../lib/std/json.ts'

/** A kind that the sandbox serves, in one version. */
export interface ServedKind extends KindInfo {
  readonly apiVersion: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  /** Whether a change of anything but metadata and status moves `metadata.generation`. */
  readonly hasGeneration: boolean
  readonly hasStatus: boolean
  readonly hasScale: boolean
  /** Columns that a CustomResourceDefinition asks `kubectl get` to show. */
  readonly printerColumns: readonly JsonObject[]
}

/** `apiVersion Kind plural flags short`: c cluster-scoped, g generation, s status, r scale, a `all`. */
const BUILT_IN = `
v1 Namespace namespaces cs ns
v1 Node nodes cs no
v1 PersistentVolume persistentvolumes cs pv
v1 ConfigMap configmaps - cm
v1 Secret secrets -
v1 Service services sa svc
v1 ServiceAccount serviceaccounts - sa
v1 Endpoints endpoints - ep
v1 Event events - ev
v1 Pod pods gsa po
v1 PersistentVolumeClaim persistentvolumeclaims s pvc
v1 ResourceQuota resourcequotas s quota
v1 LimitRange limitranges - limits
apps/v1 Deployment deployments gsra deploy
apps/v1 ReplicaSet replicasets gsra rs
apps/v1 StatefulSet statefulsets gsra sts
apps/v1 DaemonSet daemonsets gsa ds
apps/v1 ControllerRevision controllerrevisions -
batch/v1 Job jobs gsa
batch/v1 CronJob cronjobs gsa cj
networking.k8s.io/v1 Ingress ingresses gs ing
networking.k8s.io/v1 IngressClass ingressclasses cg
networking.k8s.io/v1 NetworkPolicy networkpolicies g netpol
policy/v1 PodDisruptionBudget poddisruptionbudgets gs pdb
autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscalers sa hpa
rbac.authorization.k8s.io/v1 Role roles -
rbac.authorization.k8s.io/v1 RoleBinding rolebindings -
rbac.authorization.k8s.io/v1 ClusterRole clusterroles c
rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings c
storage.k8s.io/v1 StorageClass storageclasses c sc
scheduling.k8s.io/v1 PriorityClass priorityclasses cg pc
discovery.k8s.io/v1 EndpointSlice endpointslices g
coordination.k8s.io/v1 Lease leases -
apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions cgs crd`

export const BUILT_IN_KINDS: readonly ServedKind[] = BUILT_IN.trim().split('\n').map(readLine)

function readLine(line: string): ServedKind {
  const [apiVersion = '', kind = '', resource = '', flags = '', shortName] = line.split(' ')
  const [group = '', version = ''] = apiVersion.includes('/')
    ? apiVersion.split('/')
    : ['', apiVersion]
  return {
    group,
    version,
    apiVersion,
    kind,
    resource,
    namespaced: !flags.includes('c'),
    singular: kind.toLowerCase(),
    shortNames: shortName === undefined ? [] : [shortName],
    categories: flags.includes('a') ? ['all'] : [],
    hasGeneration: flags.includes('g'),
    hasStatus: flags.includes('s'),
    hasScale: flags.includes('r'),
    printerColumns: [],
  }
}

/** The kinds that a CustomResourceDefinition makes the server serve. */
export function kindsOfDefinition(definition: Manifest): readonly ServedKind[] {
  const group = textAt(definition, 'spec', 'group')
  const kind = textAt(definition, 'spec', 'names', 'kind')
  const singular = textAt(definition, 'spec', 'names', 'singular')
  return objectsAt(definition, 'spec', 'versions')
    .filter(({ served }) => served === true)
    .map((version) => ({
      group,
      version: textAt(version, 'name'),
      apiVersion: `${group}/${textAt(version, 'name')}`,
      kind,
      resource: textAt(definition, 'spec', 'names', 'plural'),
      namespaced: valueAt(definition, 'spec', 'scope') === 'Namespaced',
      singular: singular === '' ? kind.toLowerCase() : singular,
      shortNames: textsAt(definition, 'spec', 'names', 'shortNames'),
      categories: textsAt(definition, 'spec', 'names', 'categories'),
      hasGeneration: true,
      hasStatus: valueAt(version, 'subresources', 'status') !== undefined,
      hasScale: false,
      printerColumns: objectsAt(version, 'additionalPrinterColumns'),
    }))
}

type Path = readonly (string | number)[]

export function textAt(value: Json | undefined, ...path: Path): string {
  const found = valueAt(value, ...path)
  return typeof found === 'string' ? found : ''
}

export function numberAt(value: Json | undefined, ...path: Path): number | undefined {
  const found = valueAt(value, ...path)
  return typeof found === 'number' ? found : undefined
}

export function objectAt(value: Json | undefined, ...path: Path): JsonObject {
  const found = valueAt(value, ...path)
  return isObject(found) ? found : {}
}

export function objectsAt(value: Json | undefined, ...path: Path): readonly JsonObject[] {
  const found = valueAt(value, ...path)
  return Array.isArray(found) ? found.filter(isObject) : []
}

const textsAt = (value: Json | undefined, ...path: Path): readonly string[] => {
  const found = valueAt(value, ...path)
  return Array.isArray(found)
    ? found.filter((item): item is string => typeof item === 'string')
    : []
}
