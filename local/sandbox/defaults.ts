import { createHash } from 'node:crypto'
import { type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../../lib/std/json.ts'
import { objectAt, objectsAt, textAt } from './kinds.ts'
import { each, fill, podSpec } from './pod-defaults.ts'

/**
 * The defaults of a real server that people and programs notice, per kind. Facts from
 * k8s.io/kubernetes pkg/apis/<group>/<version>/defaults.go, 1.35.
 */
export function withDefaults(object: Manifest): Manifest {
  const fill = DEFAULTS[`${object.apiVersion}/${object.kind}`]
  return fill === undefined ? object : ({ ...object, ...fill(object) } as Manifest)
}

const spec = (object: Manifest, defaults: JsonObject): JsonObject => ({
  spec: fill(objectAt(object, 'spec'), defaults),
})

const BARE_POD = { enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority', priority: 0 }
const ROLLING = { maxUnavailable: '25%', maxSurge: '25%' }

const DEFAULTS: Readonly<Record<string, (object: Manifest) => JsonObject>> = {
  'v1/Pod': (object) => ({
    spec: podSpec(fill(objectAt(object, 'spec'), BARE_POD), 'Always'),
  }),
  'v1/Service': service,
  'v1/Secret': secret,
  'v1/Namespace': (object) => spec(object, { finalizers: ['kubernetes'] }),
  'v1/PersistentVolumeClaim': (object) =>
    spec(object, { volumeMode: 'Filesystem', storageClassName: 'standard' }),
  'apps/v1/Deployment': (object) =>
    withTemplate(object, {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', ...rollingUnless(object, 'Recreate', ROLLING) },
    }),
  'apps/v1/ReplicaSet': (object) => withTemplate(object, { replicas: 1 }),
  'apps/v1/StatefulSet': (object) =>
    withTemplate(withClaims(object), {
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      updateStrategy: {
        type: 'RollingUpdate',
        ...rollingUnless(object, 'OnDelete', { partition: 0 }),
      },
    }),
  'apps/v1/DaemonSet': (object) => ({
    metadata: fill(object.metadata, {
      annotations: { 'deprecated.daemonset.template.generation': '1' },
    }),
    ...withTemplate(object, {
      revisionHistoryLimit: 10,
      updateStrategy: {
        type: 'RollingUpdate',
        ...rollingUnless(object, 'OnDelete', { maxUnavailable: 1, maxSurge: 0 }),
      },
    }),
  }),
  'batch/v1/Job': (object) => job(object),
  'batch/v1/CronJob': (object) => {
    const filled = spec(object, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    })
    const template = valueAt(filled, 'spec', 'jobTemplate', 'spec', 'template', 'spec')
    if (!isObject(template)) return filled
    return setAt(filled, ['spec', 'jobTemplate', 'spec', 'template', 'spec'], podSpec(template, ''))
  },
  'autoscaling/v2/HorizontalPodAutoscaler': (object) =>
    spec(object, { minReplicas: 1, metrics: CPU_METRICS }),
  'networking.k8s.io/v1/NetworkPolicy': (object) => {
    const { spec: filled } = spec(object, { policyTypes: ['Ingress'] })
    const rules = isObject(filled) ? filled : {}
    const rule = (value: JsonObject): JsonObject => ({
      ...value,
      ...each(value, 'ports', (port) => fill(port, { protocol: 'TCP' })),
    })
    return { spec: { ...rules, ...each(rules, 'ingress', rule), ...each(rules, 'egress', rule) } }
  },
}

const CPU_METRICS: Json = [
  {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
  },
]

const withClaims = (object: Manifest): Manifest => ({
  ...object,
  spec: {
    ...objectAt(object, 'spec'),
    ...each(objectAt(object, 'spec'), 'volumeClaimTemplates', (claim) => ({
      ...claim,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      spec: fill(objectAt(claim, 'spec'), { volumeMode: 'Filesystem' }),
      status: { phase: 'Pending' },
    })),
  },
})

/** A strategy's parameters exist for rolling updates alone. */
function rollingUnless(object: Manifest, other: string, rollingUpdate: JsonObject): JsonObject {
  const strategy = textAt(object, 'spec', 'strategy', 'type')
  const update = textAt(object, 'spec', 'updateStrategy', 'type')
  return strategy === other || update === other ? {} : { rollingUpdate }
}

function withTemplate(object: Manifest, defaults: JsonObject): JsonObject {
  const filled = spec(object, defaults)
  const template = valueAt(filled, 'spec', 'template', 'spec')
  if (!isObject(template)) return filled
  return setAt(filled, ['spec', 'template', 'spec'], podSpec(template, 'Always'))
}

function job(object: Manifest): JsonObject {
  const uid = object.metadata.uid ?? ''
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': object.metadata.name ?? '',
    'controller-uid': uid,
    'job-name': object.metadata.name ?? '',
  }
  const isManual = valueAt(object, 'spec', 'manualSelector') === true
  const filled = withTemplate(object, {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
    manualSelector: false,
    // The uid is set before defaults are; a dry run of a new Job has none to show.
    ...(isManual || uid === ''
      ? {}
      : { selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } } }),
  })
  if (isManual || uid === '') return filled
  const path = ['spec', 'template', 'metadata', 'labels']
  const all = { ...objectAt(filled, ...path), ...labels }
  const hasLabels = Object.keys(object.metadata.labels ?? {}).length > 0
  const metadata = hasLabels ? object.metadata : { ...object.metadata, labels: all }
  return { ...setAt(filled, path, all), metadata: { ...metadata } }
}

function service(object: Manifest): JsonObject {
  const type = textAt(object, 'spec', 'type') || 'ClusterIP'
  const filled = spec(object, {
    type,
    sessionAffinity: 'None',
    ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster', ...addressOf(object) }),
    ...(type === 'NodePort' || type === 'LoadBalancer' ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
  })
  const ports = objectsAt(filled, 'spec', 'ports').map((port) => ({
    ...fill(port, { protocol: 'TCP' }),
    // A Go structure has no way to leave an IntOrString out: 0 is none.
    targetPort: port['targetPort'] || (port['port'] ?? 0),
    ...(type === 'NodePort' || type === 'LoadBalancer'
      ? { nodePort: port['nodePort'] ?? 30_000 + (numberFor(object, textAt(port, 'name')) % 2768) }
      : {}),
  }))
  return ports.length === 0 ? filled : setAt(filled, ['spec', 'ports'], ports)
}

/** `stringData` is a way of writing `data`; nobody reads it back. */
function secret({ stringData, ...object }: Manifest): JsonObject {
  const texts = Object.entries(isObject(stringData) ? stringData : {}).map(([name, text]) => [
    name,
    Buffer.from(typeof text === 'string' ? text : '').toString('base64'),
  ])
  const data: JsonObject = { ...objectAt(object, 'data'), ...Object.fromEntries(texts) }
  return {
    stringData: undefined,
    type: object['type'] ?? 'Opaque',
    ...(Object.keys(data).length === 0 ? {} : { data }),
  }
}

/** Addresses are computed from the name instead of being handed out: nothing listens on them. */
function addressOf(object: Manifest): JsonObject {
  const wanted = textAt(object, 'spec', 'clusterIP')
  const number = numberFor(object, '')
  const clusterIP = wanted === '' ? `10.96.${(number >> 8) & 255}.${(number % 254) + 1}` : wanted
  return { clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }
}

const numberFor = (object: Manifest, more: string): number =>
  createHash('sha256')
    .update(`${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}/${more}`)
    .digest()
    .readUInt16BE(0)

function setAt(value: JsonObject, [step = '', ...rest]: readonly string[], leaf: Json): JsonObject {
  const child = rest.length === 0 ? leaf : setAt(objectAt(value, step), rest, leaf)
  return { ...value, [step]: child }
}
