import type { Manifest } from '../../../lib/manifest/manifest.ts'
import { objectAt, numberAt, textAt } from '../kinds.ts'
import { conditionOf, createFree, writeStatus } from './children.ts'
import type { Controller, ControllerContext } from './runner.ts'

/** Kinds whose whole life is one status, written once. */

const claims: Controller = {
  collection: '/PersistentVolumeClaim',
  reconcile(context, claim) {
    if (textAt(claim, 'status', 'phase') === 'Bound') return
    const { namespace = '', name = '', uid = '' } = claim.metadata
    const live = context.store.get('/PersistentVolumeClaim', namespace, name) ?? claim
    const spec = objectAt(live, 'spec')
    context.store.put({
      ...live,
      spec: { ...spec, volumeName: textAt(spec, 'volumeName') || `pvc-${uid}` },
      status: {
        phase: 'Bound',
        accessModes: spec['accessModes'] ?? [],
        capacity: objectAt(spec, 'resources', 'requests'),
      },
    })
  },
}

const LOCAL_ADDRESS = { ingress: [{ ip: '127.0.0.1', ipMode: 'VIP' }] }

const services: Controller = {
  collection: '/Service',
  reconcile(context, service) {
    const isBalanced = textAt(service, 'spec', 'type') === 'LoadBalancer'
    writeStatus(context, service, { loadBalancer: isBalanced ? LOCAL_ADDRESS : {} })
  },
}

const ingresses: Controller = {
  collection: 'networking.k8s.io/Ingress',
  reconcile: (context, ingress) =>
    writeStatus(context, ingress, { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } }),
}

const autoscalers: Controller = {
  collection: 'autoscaling/HorizontalPodAutoscaler',
  reconcile(context, autoscaler) {
    const replicas = targetReplicas(context, autoscaler)
    const common = { status: 'True' } as const
    const condition = (type: string, reason: string, message: string) => {
      const wanted = { ...common, type, reason, message }
      const { lastUpdateTime: _time, ...written } = conditionOf(autoscaler, wanted, context.now())
      return written
    }
    writeStatus(context, autoscaler, {
      currentReplicas: replicas,
      desiredReplicas: replicas,
      currentMetrics: null,
      conditions: [
        condition('AbleToScale', 'SucceededGetScale', 'the sandbox scales nothing by itself'),
        condition('ScalingActive', 'ValidMetricFound', 'the sandbox measures nothing'),
      ],
    })
  },
}

function targetReplicas({ store }: ControllerContext, autoscaler: Manifest): number {
  const target = objectAt(autoscaler, 'spec', 'scaleTargetRef')
  const kind = textAt(target, 'kind')
  const { namespace = '' } = autoscaler.metadata
  return (
    numberAt(store.get(`apps/${kind}`, namespace, textAt(target, 'name')), 'spec', 'replicas') ?? 0
  )
}

const budgets: Controller = {
  collection: 'policy/PodDisruptionBudget',
  reconcile(context, budget) {
    const wanted = { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' } as const
    const condition = conditionOf(budget, { ...wanted, message: '' }, context.now())
    const { lastUpdateTime: _time, ...written } = condition
    writeStatus(context, budget, {
      observedGeneration: budget.metadata.generation ?? 1,
      currentHealthy: 1,
      desiredHealthy: 0,
      disruptionsAllowed: 1,
      expectedPods: 1,
      conditions: [{ ...written, observedGeneration: budget.metadata.generation ?? 1 }],
    })
  },
}

/** What every namespace has from its birth. */
const namespaces: Controller = {
  collection: '/Namespace',
  reconcile(context, { metadata }) {
    if (metadata.deletionTimestamp !== undefined) return
    const namespace = metadata.name ?? ''
    createFree(context, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace },
    })
    createFree(context, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace },
      data: { 'ca.crt': '' },
    })
  },
}

const definitions: Controller = {
  collection: 'apiextensions.k8s.io/CustomResourceDefinition',
  reconcile(context, definition) {
    if (definition.metadata.deletionTimestamp !== undefined) return
    const condition = (type: string, reason: string, message: string) => {
      const wanted = { type, status: 'True', reason, message } as const
      const { lastUpdateTime: _time, ...written } = conditionOf(definition, wanted, context.now())
      return written
    }
    const versions = definition['spec']
    const stored = Array.isArray(objectAt(definition, 'spec')['versions'])
      ? textAt(versions, 'versions', 0, 'name')
      : ''
    writeStatus(context, definition, {
      acceptedNames: objectAt(definition, 'spec', 'names'),
      storedVersions: [stored],
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
    })
  },
}

export const SIMPLE_CONTROLLERS: readonly Controller[] = [
  claims,
  services,
  ingresses,
  autoscalers,
  budgets,
  namespaces,
  definitions,
]
