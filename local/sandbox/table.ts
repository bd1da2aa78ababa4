import { type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../../lib/std/json.ts'
import { age } from './age.ts'
import { numberAt, objectAt, objectsAt, type ServedKind, textAt } from './kinds.ts'

/** A column of `kubectl get`; a wide one shows with `-o wide`. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly wide: boolean
  readonly cell: (object: Manifest, now: number) => Json | undefined
}

type Cell = (object: Manifest, now: number) => Json | undefined

export function columnsOf(kind: ServedKind): readonly Column[] {
  const own =
    COLUMNS[`${kind.group}/${kind.kind}`]?.map(asColumn) ?? kind.printerColumns.map(customColumn)
  if (kind.kind === 'Event') return [...own, { ...NAME, wide: true }]
  const hasAge = own.some(({ name }) => name === 'Age')
  return [NAME, ...own, ...(hasAge ? [] : [AGE])].toSorted(
    (a, b) => Number(a.wide) - Number(b.wide),
  )
}

const column = (name: string, cell: Cell, wide = false, type = 'string'): Column => ({
  name,
  type,
  wide,
  cell,
})

const NAME = column('Name', ({ metadata }) => metadata.name)
const AGE = column('Age', ({ metadata }, now) => age(metadata.creationTimestamp, now))

/** `Name` of a column, `+` before it for a wide one, and what it shows. */
type Row = readonly [string, Cell]

const asColumn = ([name, cell]: Row): Column =>
  name.startsWith('+') ? column(name.slice(1), cell, true) : column(name, cell)

const count =
  (...path: readonly string[]): Cell =>
  (object) =>
    numberAt(object, ...path) ?? 0
const text =
  (...path: readonly string[]): Cell =>
  (object) =>
    textAt(object, ...path) || '<none>'
const size =
  (name: string): Cell =>
  (object) =>
    Object.keys(objectAt(object, name)).length
const ratio =
  (ready: readonly string[], wanted: readonly string[]): Cell =>
  (object) =>
    `${numberAt(object, ...ready) ?? 0}/${numberAt(object, ...wanted) ?? 0}`

const containersIn =
  (field: string, ...path: readonly string[]): Cell =>
  (object) =>
    objectsAt(object, ...path, 'containers')
      .map((container) => textAt(container, field))
      .join(',')
const TEMPLATE = ['spec', 'template', 'spec'] as const
const selector: Cell = (object) => labelsText(objectAt(object, 'spec', 'selector', 'matchLabels'))
const labelsText = (labels: JsonObject): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : ''}`)
    .join(',') || '<none>'

const WORKLOAD_WIDE: readonly Row[] = [
  ['+Containers', containersIn('name', ...TEMPLATE)],
  ['+Images', containersIn('image', ...TEMPLATE)],
  ['+Selector', selector],
]
const DAEMON_SET = [
  ['Desired', 'desiredNumberScheduled'],
  ['Current', 'currentNumberScheduled'],
  ['Ready', 'numberReady'],
  ['Up-to-date', 'updatedNumberScheduled'],
  ['Available', 'numberAvailable'],
] as const

const COLUMNS: Readonly<Record<string, readonly Row[]>> = {
  '/Namespace': [['Status', text('status', 'phase')]],
  '/Node': [
    ['Status', () => 'Ready'],
    ['Roles', () => '<none>'],
    ['Age', AGE.cell],
    ['Version', text('status', 'nodeInfo', 'kubeletVersion')],
  ],
  '/ConfigMap': [['Data', size('data')]],
  '/Secret': [
    ['Type', text('type')],
    ['Data', size('data')],
  ],
  '/ServiceAccount': [],
  '/Service': [
    ['Type', text('spec', 'type')],
    ['Cluster-IP', text('spec', 'clusterIP')],
    ['External-IP', externalAddress],
    ['Port(s)', servicePorts],
    ['Age', AGE.cell],
    ['+Selector', (object) => labelsText(objectAt(object, 'spec', 'selector'))],
  ],
  '/Pod': [
    ['Ready', podReady],
    ['Status', podStatus],
    [
      'Restarts',
      (object) => numberAt(object, 'status', 'containerStatuses', 0, 'restartCount') ?? 0,
    ],
    ['Age', AGE.cell],
    ['+IP', text('status', 'podIP')],
    ['+Node', text('spec', 'nodeName')],
  ],
  '/PersistentVolumeClaim': [
    ['Status', text('status', 'phase')],
    ['Volume', (object) => textAt(object, 'spec', 'volumeName')],
    ['Capacity', (object) => textAt(object, 'status', 'capacity', 'storage')],
    [
      'Access Modes',
      (object) => (valueAt(object, 'spec', 'accessModes', 0) === 'ReadWriteMany' ? 'RWX' : 'RWO'),
    ],
    ['StorageClass', text('spec', 'storageClassName')],
  ],
  '/Event': [
    ['Last Seen', (object, now) => age(textAt(object, 'lastTimestamp'), now)],
    ['Type', text('type')],
    ['Reason', text('reason')],
    [
      'Object',
      (object) =>
        `${textAt(object, 'involvedObject', 'kind').toLowerCase()}/${textAt(object, 'involvedObject', 'name')}`,
    ],
    ['Message', text('message')],
  ],
  'apps/Deployment': [
    ['Ready', ratio(['status', 'readyReplicas'], ['spec', 'replicas'])],
    ['Up-to-date', count('status', 'updatedReplicas')],
    ['Available', count('status', 'availableReplicas')],
    ['Age', AGE.cell],
    ...WORKLOAD_WIDE,
  ],
  'apps/ReplicaSet': [
    ['Desired', count('spec', 'replicas')],
    ['Current', count('status', 'replicas')],
    ['Ready', count('status', 'readyReplicas')],
    ['Age', AGE.cell],
    ...WORKLOAD_WIDE,
  ],
  'apps/StatefulSet': [
    ['Ready', ratio(['status', 'readyReplicas'], ['spec', 'replicas'])],
    ['Age', AGE.cell],
    ...WORKLOAD_WIDE,
  ],
  'apps/DaemonSet': [
    ...DAEMON_SET.map(([name, field]): Row => [name, count('status', field)]),
    [
      'Node Selector',
      (object) => labelsText(objectAt(object, 'spec', 'template', 'spec', 'nodeSelector')),
    ],
    ['Age', AGE.cell],
    ...WORKLOAD_WIDE,
  ],
  'batch/Job': [
    ['Status', jobStatus],
    ['Completions', ratio(['status', 'succeeded'], ['spec', 'completions'])],
    ['Duration', jobDuration],
    ['Age', AGE.cell],
  ],
  'batch/CronJob': [
    ['Schedule', text('spec', 'schedule')],
    ['Timezone', text('spec', 'timeZone')],
    ['Suspend', (object) => (valueAt(object, 'spec', 'suspend') === true ? 'True' : 'False')],
    ['Active', (object) => objectsAt(object, 'status', 'active').length],
    ['Last Schedule', lastSchedule],
  ],
  'networking.k8s.io/Ingress': [
    ['Class', text('spec', 'ingressClassName')],
    [
      'Hosts',
      (object) =>
        objectsAt(object, 'spec', 'rules')
          .map((rule) => textAt(rule, 'host') || '*')
          .join(',') || '*',
    ],
    [
      'Address',
      (object) =>
        objectsAt(object, 'status', 'loadBalancer', 'ingress')
          .map((entry) => textAt(entry, 'ip'))
          .join(','),
    ],
    ['Ports', (object) => (objectsAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80')],
  ],
  'autoscaling/HorizontalPodAutoscaler': [
    [
      'Reference',
      (object) =>
        `${textAt(object, 'spec', 'scaleTargetRef', 'kind')}/${textAt(object, 'spec', 'scaleTargetRef', 'name')}`,
    ],
    ['MinPods', count('spec', 'minReplicas')],
    ['MaxPods', count('spec', 'maxReplicas')],
    ['Replicas', count('status', 'currentReplicas')],
  ],
  'networking.k8s.io/NetworkPolicy': [
    [
      'Pod-Selector',
      (object) => labelsText(objectAt(object, 'spec', 'podSelector', 'matchLabels')),
    ],
  ],
  'policy/PodDisruptionBudget': [
    ['Min Available', (object) => valueAt(object, 'spec', 'minAvailable') ?? 'N/A'],
    ['Max Unavailable', (object) => valueAt(object, 'spec', 'maxUnavailable') ?? 'N/A'],
    ['Allowed Disruptions', count('status', 'disruptionsAllowed')],
  ],
  'rbac.authorization.k8s.io/Role': [['Created At', ({ metadata }) => metadata.creationTimestamp]],
  'rbac.authorization.k8s.io/ClusterRole': [
    ['Created At', ({ metadata }) => metadata.creationTimestamp],
  ],
  'rbac.authorization.k8s.io/RoleBinding': [['Role', roleOf]],
  'rbac.authorization.k8s.io/ClusterRoleBinding': [['Role', roleOf]],
  'apiextensions.k8s.io/CustomResourceDefinition': [
    ['Created At', ({ metadata }) => metadata.creationTimestamp],
  ],
}

function lastSchedule(object: Manifest, now: number): string {
  const time = textAt(object, 'status', 'lastScheduleTime')
  return time === '' ? '<none>' : age(time, now)
}

function roleOf(object: Manifest): string {
  return `${textAt(object, 'roleRef', 'kind')}/${textAt(object, 'roleRef', 'name')}`
}

function externalAddress(object: Manifest): string {
  const addresses = objectsAt(object, 'status', 'loadBalancer', 'ingress').map((entry) =>
    textAt(entry, 'ip'),
  )
  return addresses.join(',') || textAt(object, 'spec', 'externalName') || '<none>'
}

function servicePorts(object: Manifest): string {
  const ports = objectsAt(object, 'spec', 'ports').map((port) => {
    const node = numberAt(port, 'nodePort')
    return `${numberAt(port, 'port') ?? 0}${node === undefined ? '' : `:${node}`}/${textAt(port, 'protocol')}`
  })
  return ports.join(',') || '<none>'
}

function podReady(object: Manifest): string {
  const statuses = objectsAt(object, 'status', 'containerStatuses')
  const ready = statuses.filter((status) => status['ready'] === true).length
  return `${ready}/${objectsAt(object, 'spec', 'containers').length}`
}

function podStatus(object: Manifest): string {
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating'
  for (const status of objectsAt(object, 'status', 'containerStatuses')) {
    const reason =
      textAt(status, 'state', 'waiting', 'reason') ||
      textAt(status, 'state', 'terminated', 'reason')
    if (reason !== '') return reason
  }
  return textAt(object, 'status', 'phase')
}

function jobStatus(object: Manifest): string {
  const met = objectsAt(object, 'status', 'conditions').filter(({ status }) => status === 'True')
  const types = met.map((condition) => textAt(condition, 'type'))
  return ['Complete', 'Failed', 'Suspended'].find((type) => types.includes(type)) ?? 'Running'
}

function jobDuration(object: Manifest, now: number): string {
  const start = textAt(object, 'status', 'startTime')
  const end = Date.parse(textAt(object, 'status', 'completionTime'))
  return start === '' ? '' : age(start, Number.isNaN(end) ? now : end)
}

/** A column by the JSON path of a CustomResourceDefinition; filters in it are not understood. */
function customColumn(definition: JsonObject): Column {
  const steps = textAt(definition, 'jsonPath')
    .split(/[.[\]]/)
    .filter((step) => step !== '')
  const type = textAt(definition, 'type')
  const read: Cell = (object, now) => {
    const value = valueAt(object, ...steps)
    if (type === 'date') return age(typeof value === 'string' ? value : '', now)
    return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : value
  }
  const isWide = (numberAt(definition, 'priority') ?? 0) > 0
  return column(textAt(definition, 'name'), read, isWide, type === 'date' ? 'string' : type)
}
