import type { Manifest } from '../manifest/manifest.ts'
import { isObject } from '../std/json.ts'
import type { KindInfo } from './port.ts'

/** A kind that the memory cluster serves. */
export interface MemoryKind extends KindInfo {
  /** Whether a change of anything but metadata and status moves `metadata.generation`. */
  readonly hasGeneration: boolean
}

/** `apiVersion Kind plural`, then `*` for cluster-scoped and `-` for kinds without generation. */
const BUILT_IN = `
v1 Namespace namespaces *-
v1 Node nodes *-
v1 PersistentVolume persistentvolumes *-
v1 ConfigMap configmaps -
v1 Secret secrets -
v1 Service services -
v1 ServiceAccount serviceaccounts -
v1 Endpoints endpoints -
v1 Pod pods
v1 PersistentVolumeClaim persistentvolumeclaims -
v1 ResourceQuota resourcequotas -
v1 LimitRange limitranges -
v1 ReplicationController replicationcontrollers
apps/v1 Deployment deployments
apps/v1 ReplicaSet replicasets
apps/v1 StatefulSet statefulsets
apps/v1 DaemonSet daemonsets
apps/v1 ControllerRevision controllerrevisions -
batch/v1 Job jobs
batch/v1 CronJob cronjobs
networking.k8s.io/v1 Ingress ingresses
networking.k8s.io/v1 IngressClass ingressclasses *
networking.k8s.io/v1 NetworkPolicy networkpolicies
policy/v1 PodDisruptionBudget poddisruptionbudgets
autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscalers -
rbac.authorization.k8s.io/v1 Role roles -
rbac.authorization.k8s.io/v1 RoleBinding rolebindings -
rbac.authorization.k8s.io/v1 ClusterRole clusterroles *-
rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings *-
storage.k8s.io/v1 StorageClass storageclasses *-
scheduling.k8s.io/v1 PriorityClass priorityclasses *
admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration validatingwebhookconfigurations *
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration mutatingwebhookconfigurations *
discovery.k8s.io/v1 EndpointSlice endpointslices
coordination.k8s.io/v1 Lease leases -
apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions *`

export const BUILT_IN_KINDS: readonly MemoryKind[] = BUILT_IN.trim()
  .split('\n')
  .map((line) => {
    const [apiVersion = '', kind = '', resource = '', marks = ''] = line.split(' ')
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    return {
      group: group ?? '',
      version: version ?? '',
      kind,
      resource,
      namespaced: !marks.includes('*'),
      hasGeneration: !marks.includes('-'),
    }
  })

/** Fields that cannot be changed once they are set, as the server's validation has it. */
export const IMMUTABLE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['selector'],
  'apps/ReplicaSet': ['selector'],
  'apps/DaemonSet': ['selector'],
  'apps/StatefulSet': ['selector', 'serviceName', 'podManagementPolicy', 'volumeClaimTemplates'],
  'batch/Job': ['selector', 'template', 'completions'],
  '/PersistentVolumeClaim': ['storageClassName', 'accessModes', 'volumeName'],
}

/** The kinds that a CustomResourceDefinition makes the server serve. */
export function kindsOfDefinition(definition: Manifest): MemoryKind[] {
  const spec = isObject(definition['spec']) ? definition['spec'] : {}
  const names = isObject(spec['names']) ? spec['names'] : {}
  const versions = Array.isArray(spec['versions']) ? spec['versions'].filter(isObject) : []
  return versions
    .filter(({ served }) => served === true)
    .map((version) => ({
      group: text(spec['group']),
      version: text(version['name']),
      kind: text(names['kind']),
      resource: text(names['plural']),
      namespaced: spec['scope'] === 'Namespaced',
      hasGeneration: true,
    }))
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
