import { describe, expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { readYaml } from '../manifest/yaml.ts'
import { isObject } from '../std/json.ts'
import { healthOf } from './health.ts'

/** A live object from its flow-style fields, with the metadata that the rules read. */
function live(apiVersion: string, kind: string, fields: string): Manifest {
  const [rest] = readYaml(`{${fields}}`)
  const others = isObject(rest) ? rest : {}
  const metadata = isObject(others['metadata']) ? others['metadata'] : {}
  return { ...others, apiVersion, kind, metadata: { name: 'web', generation: 2, ...metadata } }
}

/** `Degraded: message`, or the status alone. */
function shown(apiVersion: string, kind: string, fields: string): string {
  const health = healthOf(live(apiVersion, kind, fields))
  if (health === undefined) return 'no health'
  return health.message === undefined ? health.status : `${health.status}: ${health.message}`
}

const WAIT = 'Progressing: Waiting for rollout to finish:'

test.for([
  ['spec: {paused: true}', 'Suspended: Deployment is paused'],
  [
    'status: {observedGeneration: 1}',
    `${WAIT} observed deployment generation less than desired generation`,
  ],
  [
    'status: {observedGeneration: 2, conditions: [{type: Progressing, status: "False", reason: ProgressDeadlineExceeded}]}',
    'Degraded: Deployment "web" exceeded its progress deadline',
  ],
  [
    'spec: {replicas: 2}, status: {observedGeneration: 2, updatedReplicas: 1}',
    `${WAIT} 1 out of 2 new replicas have been updated...`,
  ],
  [
    'spec: {replicas: 2}, status: {observedGeneration: 2, replicas: 3, updatedReplicas: 2}',
    `${WAIT} 1 old replicas are pending termination...`,
  ],
  [
    'spec: {replicas: 2}, status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2}',
    `${WAIT} 0 of 2 updated replicas are available...`,
  ],
  [
    'spec: {replicas: 2}, status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2}',
    'Healthy',
  ],
  ['spec: {replicas: 0}, status: {observedGeneration: 2}', 'Healthy'],
] as const)('Deployment %s is %s', ([fields, expected]) => {
  expect(shown('apps/v1', 'Deployment', fields)).toBe(expected)
})

test.for([
  [
    'status: {observedGeneration: 1}',
    `${WAIT} observed replica set generation less than desired generation`,
  ],
  [
    'status: {observedGeneration: 2, conditions: [{type: ReplicaFailure, status: "True", message: exceeded quota}]}',
    'Degraded: exceeded quota',
  ],
  [
    'spec: {replicas: 2}, status: {observedGeneration: 2, availableReplicas: 1}',
    `${WAIT} 1 out of 2 new replicas are available...`,
  ],
  ['spec: {replicas: 1}, status: {observedGeneration: 2, availableReplicas: 1}', 'Healthy'],
] as const)('ReplicaSet %s is %s', ([fields, expected]) => {
  expect(shown('apps/v1', 'ReplicaSet', fields)).toBe(expected)
})

test.for([
  ['status: {}', 'Progressing: Waiting for statefulset spec update to be observed...'],
  [
    'status: {observedGeneration: 1}',
    'Progressing: Waiting for statefulset spec update to be observed...',
  ],
  [
    'spec: {replicas: 3}, status: {observedGeneration: 2, readyReplicas: 1}',
    'Progressing: Waiting for 2 pods to be ready...',
  ],
  [
    'spec: {replicas: 3, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}}, status: {observedGeneration: 2, readyReplicas: 3, updatedReplicas: 1}',
    'Progressing: Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...',
  ],
  [
    'spec: {replicas: 3, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}}, status: {observedGeneration: 2, readyReplicas: 3, updatedReplicas: 3}',
    'Healthy: partitioned roll out complete: 3 new pods have been updated...',
  ],
  [
    'spec: {replicas: 3, updateStrategy: {type: OnDelete}}, status: {observedGeneration: 2, readyReplicas: 3}',
    'Healthy: statefulset has 3 ready pods',
  ],
  [
    'spec: {replicas: 3}, status: {observedGeneration: 2, readyReplicas: 3, updatedReplicas: 1, currentRevision: a, updateRevision: b}',
    'Progressing: waiting for statefulset rolling update to complete 1 pods at revision b...',
  ],
  [
    'spec: {replicas: 3}, status: {observedGeneration: 2, readyReplicas: 3, currentReplicas: 3, currentRevision: b, updateRevision: b}',
    'Healthy: statefulset rolling update complete 3 pods at revision b...',
  ],
] as const)('StatefulSet %s is %s', ([fields, expected]) => {
  expect(shown('apps/v1', 'StatefulSet', fields)).toBe(expected)
})

const DAEMON_WAIT = 'Progressing: Waiting for daemon set "web" rollout to finish:'
test.for([
  [
    'status: {observedGeneration: 1}',
    `${WAIT} observed daemon set generation less than desired generation`,
  ],
  [
    'spec: {updateStrategy: {type: OnDelete}}, status: {observedGeneration: 2, updatedNumberScheduled: 1, desiredNumberScheduled: 2}',
    'Healthy: daemon set 1 out of 2 new pods have been updated',
  ],
  [
    'status: {observedGeneration: 2, updatedNumberScheduled: 1, desiredNumberScheduled: 2}',
    `${DAEMON_WAIT} 1 out of 2 new pods have been updated...`,
  ],
  [
    'status: {observedGeneration: 2, updatedNumberScheduled: 2, desiredNumberScheduled: 2, numberAvailable: 1}',
    `${DAEMON_WAIT} 1 of 2 updated pods are available...`,
  ],
  ['status: {observedGeneration: 2}', 'Healthy'],
] as const)('DaemonSet %s is %s', ([fields, expected]) => {
  expect(shown('apps/v1', 'DaemonSet', fields)).toBe(expected)
})

const ALWAYS = 'spec: {restartPolicy: Always}'
const NEVER = 'spec: {restartPolicy: Never}'
const waitingFor = (reason: string) =>
  `status: {phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ${reason}, message: no luck}}}]}`
const ended = (end: string) =>
  `status: {phase: Failed, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 0}}}], containerStatuses: [{name: a, state: {terminated: {${end}}}}]}`

describe('Pod', () => {
  test.for([
    [`${ALWAYS}, ${waitingFor('ImagePullBackOff')}`, 'Degraded: no luck'],
    [`${ALWAYS}, ${waitingFor('ErrImagePull')}`, 'Degraded: no luck'],
    [`${ALWAYS}, ${waitingFor('CreateContainerConfigError')}`, 'Degraded: no luck'],
    [`${ALWAYS}, ${waitingFor('ContainerCreating')}`, 'Progressing'],
    [`${NEVER}, ${waitingFor('ImagePullBackOff')}`, 'Progressing'],
    [
      `${NEVER}, ${waitingFor('ErrImagePull')}, metadata: {annotations: {argocd.argoproj.io/ignore-restart-policy: "true"}}`,
      'Degraded: no luck',
    ],
    [
      `${NEVER}, ${waitingFor('ErrImagePull')}, metadata: {annotations: {argocd.argoproj.io/ignore-restart-policy: "true", argocd.argoproj.io/hook: PreSync}}`,
      'Progressing',
    ],
    ['status: {phase: Succeeded}', 'Healthy'],
    ['status: {phase: Failed, message: evicted}', 'Degraded: evicted'],
    [ended('exitCode: 1, message: out of luck'), 'Degraded: out of luck'],
    [ended('exitCode: 137, reason: OOMKilled'), 'Degraded: OOMKilled'],
    [ended('exitCode: 3'), 'Degraded: container "a" failed with exit code 3'],
    [ended('exitCode: 0'), 'Degraded'],
    [`${ALWAYS}, status: {phase: Running, conditions: [{type: Ready, status: "True"}]}`, 'Healthy'],
    [`${ALWAYS}, status: {phase: Running}`, 'Progressing'],
    [
      `${ALWAYS}, status: {phase: Running, containerStatuses: [{name: a, lastState: {terminated: {exitCode: 1}}}]}`,
      'Degraded',
    ],
    [
      `${NEVER}, status: {phase: Running, conditions: [{type: Ready, status: "True"}]}`,
      'Progressing',
    ],
    ['status: {phase: Unknown}', 'Unknown'],
  ] as const)('%s is %s', ([fields, expected]) => {
    expect(shown('v1', 'Pod', fields)).toBe(expected)
  })
})

const conditions = (...items: readonly string[]) =>
  `status: {conditions: [${items.map((item) => `{${item}}`).join(', ')}]}`

test.for([
  ['batch/v1', 'Job', 'status: {}', 'Progressing'],
  ['batch/v1', 'Job', conditions('type: Complete, status: "True"'), 'Healthy'],
  [
    'batch/v1',
    'Job',
    conditions('type: FailureTarget, status: "True"', 'type: Failed, message: backoff'),
    'Degraded: backoff',
  ],
  ['batch/v1', 'Job', conditions('type: Suspended, status: "True"'), 'Suspended'],
  ['batch/v1', 'Job', conditions('type: Suspended, status: "False"'), 'Progressing'],
  ['v1', 'Service', 'spec: {type: ClusterIP}', 'Healthy'],
  ['v1', 'Service', 'spec: {type: LoadBalancer}', 'Progressing'],
  [
    'v1',
    'Service',
    'spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{ip: 10.0.0.1}]}}',
    'Healthy',
  ],
  ['networking.k8s.io/v1', 'Ingress', 'status: {}', 'Progressing'],
  [
    'networking.k8s.io/v1',
    'Ingress',
    'status: {loadBalancer: {ingress: [{hostname: a}]}}',
    'Healthy',
  ],
  ['v1', 'PersistentVolumeClaim', 'status: {phase: Bound}', 'Healthy'],
  ['v1', 'PersistentVolumeClaim', 'status: {phase: Pending}', 'Progressing'],
  ['v1', 'PersistentVolumeClaim', 'status: {phase: Lost}', 'Degraded'],
  ['v1', 'PersistentVolumeClaim', 'status: {}', 'Unknown'],
  ['apiregistration.k8s.io/v1', 'APIService', 'status: {}', 'Progressing: Waiting to be processed'],
  [
    'apiregistration.k8s.io/v1',
    'APIService',
    conditions('type: Available, status: "True", reason: Passed, message: all checks passed'),
    'Healthy: Passed: all checks passed',
  ],
  [
    'apiregistration.k8s.io/v1',
    'APIService',
    conditions('type: Available, status: "False", reason: MissingEndpoints, message: no endpoints'),
    'Progressing: MissingEndpoints: no endpoints',
  ],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', 'status: {}', 'Progressing: Waiting to Autoscale'],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    conditions('type: AbleToScale, status: "False", reason: FailedGetScale, message: no target'),
    'Degraded: no target',
  ],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    conditions('type: AbleToScale, status: "True", message: ready'),
    'Healthy: ready',
  ],
  [
    'autoscaling/v1',
    'HorizontalPodAutoscaler',
    `metadata: {annotations: {autoscaling.alpha.kubernetes.io/conditions: '[{"type":"ScalingActive","status":"False","reason":"InvalidSelector","message":"bad"}]'}}`,
    'Degraded: bad',
  ],
  [
    'autoscaling/v1',
    'HorizontalPodAutoscaler',
    `metadata: {annotations: {autoscaling.alpha.kubernetes.io/conditions: '['}}`,
    'Progressing: Waiting to Autoscale',
  ],
  [
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'status: {}',
    'Progressing: CRD is not established',
  ],
  [
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    conditions('type: NamesAccepted, status: "False", reason: KindConflict, message: taken'),
    'Degraded: CRD names have not been accepted: taken',
  ],
  [
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    conditions('type: NamesAccepted, status: "True"', 'type: Established, status: "True"'),
    'Healthy: CRD is healthy',
  ],
  ['argoproj.io/v1alpha1', 'Workflow', 'status: {}', 'Progressing'],
  ['argoproj.io/v1alpha1', 'Workflow', 'status: {phase: Succeeded}', 'Healthy'],
  ['argoproj.io/v1alpha1', 'Workflow', 'status: {phase: Error, message: oh}', 'Degraded: oh'],
  ['v1', 'ConfigMap', 'data: {a: b}', 'no health'],
  ['example.com/v1', 'Deployment', 'spec: {paused: true}', 'no health'],
] as const)('%s %s %s is %s', ([apiVersion, kind, fields, expected]) => {
  expect(shown(apiVersion, kind, fields)).toBe(expected)
})

test.for([
  ['deletionTimestamp: "2026-01-01T00:00:00Z"', 'Progressing: Pending deletion'],
  ['deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [a]', 'Progressing: Pending deletion'],
  [
    'deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [argocd.argoproj.io/hook-finalizer]',
    'no health',
  ],
] as const)('an object with {%s} is %s', ([metadata, expected]) => {
  expect(shown('v1', 'ConfigMap', `metadata: {${metadata}}`)).toBe(expected)
})
