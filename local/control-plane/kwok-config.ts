import { stringifyJson } from '../../lib/std/json.ts'

/**
 * What kwok, in the place of a kubelet, does to Nodes and Pods: a Pod runs at once; one with an
 * image tagged `broken` never pulls it; a Pod of a Job has succeeded; a deleted Pod is gone.
 */
export const kwokConfig = (): string =>
  [NODE_READY, POD_RUNS, POD_BROKEN, POD_SUCCEEDS, POD_ENDS]
    .map((stage) => stringifyJson(stage))
    .join('\n---\n')

interface Expression {
  readonly key: string
  readonly operator: 'Exists' | 'DoesNotExist' | 'In' | 'NotIn'
  readonly values?: readonly string[]
}

const stage = (
  name: string,
  kind: 'Node' | 'Pod',
  matchExpressions: readonly Expression[],
  next: object,
) => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, next },
})

const IS_LIVE: Expression = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' }
const IS_PENDING: Expression = { key: '.status.phase', operator: 'In', values: ['Pending'] }
const IS_BROKEN = '[.spec.containers[].image | endswith(":broken")] | any | tostring'
const IS_WAITING: Expression = {
  key: '.status.containerStatuses.[].state.waiting.reason',
  operator: 'DoesNotExist',
}

const NODE_READY = stage(
  'node-ready',
  'Node',
  [
    {
      key: '.status.conditions.[] | select( .type == "Ready" ) | .status',
      operator: 'NotIn',
      values: ['True'],
    },
  ],
  {
    statusTemplate: `
{{ $now := Now }}
phase: Running
conditions:
- {type: Ready, status: "True", reason: FakeNode, message: "no kubelet behind it", lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
addresses:
- {type: Hostname, address: {{ .metadata.name | Quote }}}
allocatable: {cpu: 1k, memory: 1Ti, pods: 1M}
capacity: {cpu: 1k, memory: 1Ti, pods: 1M}
`,
  },
)

const POD_RUNS = stage(
  'pod-runs',
  'Pod',
  [IS_LIVE, IS_PENDING, { key: IS_BROKEN, operator: 'NotIn', values: ['true'] }],
  {
    statusTemplate: `
{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
- {type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }}}
- {type: Ready, status: "True", lastTransitionTime: {{ $now | Quote }}}
- {type: ContainersReady, status: "True", lastTransitionTime: {{ $now | Quote }}}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  started: true
  restartCount: 0
  state: {running: {startedAt: {{ $now | Quote }}}}
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  restartCount: 0
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}
{{ end }}
`,
  },
)

const POD_BROKEN = stage(
  'pod-broken',
  'Pod',
  [IS_LIVE, IS_PENDING, IS_WAITING, { key: IS_BROKEN, operator: 'In', values: ['true'] }],
  {
    statusTemplate: `
{{ $now := Now }}
phase: Pending
startTime: {{ $now | Quote }}
conditions:
- {type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}
- {type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state: {waiting: {reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %s" .image | Quote }}}}
{{ end }}
`,
  },
)

const POD_SUCCEEDS = stage(
  'pod-succeeds',
  'Pod',
  [
    IS_LIVE,
    { key: '.status.phase', operator: 'In', values: ['Running'] },
    { key: '.metadata.ownerReferences.[].kind', operator: 'In', values: ['Job'] },
  ],
  {
    statusTemplate: `
{{ $now := Now }}
phase: Succeeded
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}
{{ end }}
`,
  },
)

const POD_ENDS = stage(
  'pod-ends',
  'Pod',
  [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }],
  { delete: true },
)
