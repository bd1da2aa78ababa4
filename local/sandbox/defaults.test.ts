import { expect, test } from 'vitest'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../../lib/std/json.ts'
import { withDefaults } from './defaults.ts'

/** What was added to `before`: lists of one length item by item. */
function added(before: Json | undefined, after: Json | undefined): Json | undefined {
  if (before === undefined) return after
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    const items = before.map((item: Json, at) => added(item, after[at]) ?? null)
    return items.some((item) => item !== null) ? items : undefined
  }
  if (!isObject(before) || !isObject(after)) return before === after ? undefined : after
  const changes = Object.keys(after)
    .map((name) => [name, added(before[name], after[name])] as const)
    .filter(([, change]) => change !== undefined)
  return changes.length === 0 ? undefined : (Object.fromEntries(changes) as JsonObject)
}

const CONTAINER = {
  imagePullPolicy: 'IfNotPresent',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
}
const POD = {
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
}
const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }

const template = (container: JsonObject = {}, pod: JsonObject = {}): JsonObject => ({
  spec: { containers: [{ name: 'web', image: 'nginx:1', ...container }], ...pod },
})

// What is expected here is what kube-apiserver 1.35.4 added to the same objects.
test.for([
  [
    'apps/v1',
    'Deployment',
    { template: template() },
    {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
      },
      template: { spec: { ...POD, restartPolicy: 'Always', containers: [CONTAINER] } },
    },
  ],
  [
    'apps/v1',
    'Deployment',
    { replicas: 0, strategy: { type: 'Recreate' } },
    {
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
  ],
  [
    'v1',
    'Service',
    { ports: [{ port: 80, targetPort: 0 }], clusterIP: 'None' },
    {
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      clusterIPs: ['None'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ protocol: 'TCP', targetPort: 80 }],
    },
  ],
  [
    'v1',
    'Service',
    { type: 'ExternalName', externalName: 'example.com' },
    {
      sessionAffinity: 'None',
    },
  ],
  [
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { ingress: [{ ports: [{ port: 80 }] }] },
    {
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ protocol: 'TCP' }] }],
    },
  ],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    { maxReplicas: 3 },
    {
      minReplicas: 1,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    },
  ],
  ['example.com/v1', 'Widget', { a: 1 }, undefined],
] as const)('%s %s %j', ([apiVersion, kind, spec, expected]) => {
  const object: Manifest = { apiVersion, kind, metadata: { name: 'web' }, spec }
  expect(added(spec, withDefaults(object)['spec'] as Json)).toEqual(expected)
  expect(withDefaults(withDefaults(object))).toEqual(withDefaults(object))
})

test.for([
  [{ image: 'nginx' }, [{ imagePullPolicy: 'Always' }]],
  [{ image: 'host:5000/nginx' }, [{ imagePullPolicy: 'Always' }]],
  [{ image: 'nginx@sha256:0' }, [{ imagePullPolicy: 'IfNotPresent' }]],
  [{ ports: [{ containerPort: 80 }] }, [{ ports: [{ protocol: 'TCP' }] }]],
  [
    { readinessProbe: { httpGet: { port: 80 } } },
    [{ readinessProbe: { ...PROBE, httpGet: { scheme: 'HTTP' } } }],
  ],
  [
    { env: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
    [{ env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }] }],
  ],
] as const)('a container with %j', ([container, expected]) => {
  const spec = { containers: [{ name: 'web', image: 'nginx:1', ...container }] }
  const object: Manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec }
  const filled = added(spec, withDefaults(object)['spec'] as Json)
  expect(isObject(filled) ? filled['containers'] : undefined).toMatchObject(expected)
})

test('a Secret’s texts become data', () => {
  const secret: Manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'a' },
    stringData: { a: 'ü' },
  }
  expect(withDefaults(secret)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'a' },
    type: 'Opaque',
    data: { a: 'w7w=' },
  })
})
