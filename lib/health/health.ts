import type { Health } from '../app/status.ts'
import { groupOf, type Manifest } from '../manifest/manifest.ts'
import { autoscalerHealth } from './autoscaler.ts'
import { health, type HealthRule } from './fields.ts'
import { jobHealth, podHealth } from './pods.ts'
import {
  apiServiceHealth,
  definitionHealth,
  ingressHealth,
  serviceHealth,
  volumeClaimHealth,
  workflowHealth,
} from './services.ts'
import {
  daemonSetHealth,
  deploymentHealth,
  replicaSetHealth,
  statefulSetHealth,
} from './workloads.ts'

/** Holds a hook until its phase has ended; such an object is not about to go by itself. */
const HOOK_FINALIZER = 'argocd.argoproj.io/hook-finalizer'

const RULES: ReadonlyMap<string, HealthRule> = new Map([
  ['/PersistentVolumeClaim', volumeClaimHealth],
  ['/Pod', podHealth],
  ['/Service', serviceHealth],
  ['apiextensions.k8s.io/CustomResourceDefinition', definitionHealth],
  ['apiregistration.k8s.io/APIService', apiServiceHealth],
  ['apps/DaemonSet', daemonSetHealth],
  ['apps/Deployment', deploymentHealth],
  ['apps/ReplicaSet', replicaSetHealth],
  ['apps/StatefulSet', statefulSetHealth],
  ['argoproj.io/Workflow', workflowHealth],
  ['autoscaling/HorizontalPodAutoscaler', autoscalerHealth],
  ['batch/Job', jobHealth],
  ['extensions/Ingress', ingressHealth],
  ['networking.k8s.io/Ingress', ingressHealth],
])

/**
 * Health of a live object by the rule of its kind (Argo CD 1.7); `undefined` for kinds that have
 * none, which then do not count.
 */
export function healthOf(live: Manifest): Health | undefined {
  if (isGoing(live)) return health('Progressing', 'Pending deletion')
  return RULES.get(`${groupOf(live)}/${live.kind}`)?.(live)
}

function isGoing(live: Manifest): boolean {
  const { deletionTimestamp, finalizers = [] } = live.metadata
  if (deletionTimestamp === undefined) return false
  return finalizers.length === 0 || finalizers.some((finalizer) => finalizer !== HOOK_FINALIZER)
}
