import type { Manifest } from '../../../lib/manifest/manifest.ts'
import type { JsonObject } from '../../../lib/std/json.ts'
import { toRfc3339 } from '../../../lib/std/rfc3339.ts'
import { objectAt, objectsAt, textAt } from '../kinds.ts'
import { createFree, NODE_NAME, writeStatus } from './children.ts'
import type { Controller, ControllerContext } from './runner.ts'

/** An image with this tag cannot be pulled: the way to see a failing workload. */
const BROKEN = /:broken$/

/** Pretends to be the kubelet: a pod waits, runs, and if it is a Job's, succeeds. */
export function createPods(): Controller {
  // When a pod's next step is due, by its uid; after a restart everything is.
  const due = new Map<string, number>()
  return {
    collection: '/Pod',
    reconcile(context, pod) {
      const step = nextStep(pod)
      const { uid = '' } = pod.metadata
      if (step === undefined || pod.metadata.deletionTimestamp !== undefined) {
        due.delete(uid)
        return
      }
      const at = due.get(uid) ?? (step === 'start' ? 0 : context.now() + context.podStepMs)
      due.set(uid, at)
      if (at > context.now()) {
        context.later(pod, at - context.now())
        return
      }
      due.delete(uid)
      take(context, pod, step)
    },
  }
}

type Step = 'start' | 'run' | 'fail' | 'succeed'

function nextStep(pod: Manifest): Step | undefined {
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Running') return isJobs(pod) ? 'succeed' : undefined
  if (phase !== 'Pending' && phase !== '') return undefined
  if (textAt(pod, 'status', 'startTime') === '') return 'start'
  if (!isBroken(pod)) return 'run'
  const reason = textAt(pod, 'status', 'containerStatuses', 0, 'state', 'waiting', 'reason')
  return reason === 'ImagePullBackOff' ? undefined : 'fail'
}

const isJobs = ({ metadata }: Manifest): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === 'Job') === true

const imagesOf = (pod: Manifest): readonly string[] =>
  objectsAt(pod, 'spec', 'containers').map((container) => textAt(container, 'image'))

const isBroken = (pod: Manifest): boolean => imagesOf(pod).some((image) => BROKEN.test(image))

function take(context: ControllerContext, pod: Manifest, step: Step): void {
  const time = toRfc3339(context.now())
  switch (step) {
    case 'start':
      return schedule(context, pod, waitingStatus(pod, time, 'ContainerCreating'))
    case 'fail':
      reportBroken(context, pod, time)
      return writeStatus(context, pod, waitingStatus(pod, time, 'ImagePullBackOff'))
    case 'run':
      return writeStatus(context, pod, runningStatus(pod, time))
    case 'succeed':
      return writeStatus(context, pod, succeededStatus(pod, time))
  }
}

/** There is one node to go to. */
function schedule({ store }: ControllerContext, pod: Manifest, status: JsonObject): void {
  const { namespace = '', name = '' } = pod.metadata
  const live = store.get('/Pod', namespace, name) ?? pod
  store.put({ ...live, spec: { ...objectAt(live, 'spec'), nodeName: NODE_NAME }, status })
}

const conditions = (time: string, ready: 'True' | 'False', reason = ''): readonly JsonObject[] =>
  [
    { type: 'PodReadyToStartContainers', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'Ready', status: ready },
    { type: 'ContainersReady', status: ready },
    { type: 'PodScheduled', status: 'True' },
  ].map((condition) => ({
    ...condition,
    lastProbeTime: null,
    lastTransitionTime: time,
    ...(reason !== '' && condition.status === 'False' ? { reason } : {}),
  }))

const base = (pod: Manifest, time: string): JsonObject => ({
  qosClass: 'BestEffort',
  hostIP: '127.0.0.1',
  hostIPs: [{ ip: '127.0.0.1' }],
  startTime: textAt(pod, 'status', 'startTime') || time,
})

function waitingStatus(pod: Manifest, time: string, reason: string): JsonObject {
  return {
    ...base(pod, time),
    phase: 'Pending',
    conditions: conditions(time, 'False', 'ContainersNotReady'),
    containerStatuses: objectsAt(pod, 'spec', 'containers').map((container) => {
      const image = textAt(container, 'image')
      const isPulling = reason === 'ImagePullBackOff' && BROKEN.test(image)
      const message = `Back-off pulling image "${image}": the sandbox has no image with the tag "broken"`
      const waiting = isPulling ? { reason, message } : { reason: 'ContainerCreating' }
      return { ...statusOf(container), ready: false, started: false, state: { waiting } }
    }),
  }
}

const statusOf = (container: JsonObject): JsonObject => ({
  name: container['name'],
  image: container['image'],
  imageID: '',
  restartCount: 0,
  lastState: {},
})

/** Addresses are made from the uid: nothing listens on them. */
function addressOf({ metadata }: Manifest): string {
  const digits = (metadata.uid ?? '').replaceAll('-', '')
  const byte = (at: number): number => Number.parseInt(digits.slice(at, at + 2), 16) || 1
  return `10.244.${byte(0)}.${(byte(2) % 254) + 1}`
}

function runningStatus(pod: Manifest, time: string): JsonObject {
  const podIP = addressOf(pod)
  return {
    ...base(pod, time),
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: conditions(time, 'True'),
    containerStatuses: objectsAt(pod, 'spec', 'containers').map((container) => ({
      ...statusOf(container),
      ready: true,
      started: true,
      state: { running: { startedAt: time } },
    })),
  }
}

function succeededStatus(pod: Manifest, time: string): JsonObject {
  return {
    ...base(pod, time),
    phase: 'Succeeded',
    conditions: conditions(time, 'False', 'PodCompleted'),
    containerStatuses: objectsAt(pod, 'spec', 'containers').map((container) => ({
      ...statusOf(container),
      ready: false,
      started: false,
      state: {
        terminated: { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time },
      },
    })),
  }
}

/** One event a pod, as `kubectl describe` and the UI show it. */
function reportBroken(context: ControllerContext, pod: Manifest, time: string): void {
  const { name = '', namespace = '', uid = '' } = pod.metadata
  const image = imagesOf(pod).find((candidate) => BROKEN.test(candidate)) ?? ''
  createFree(context, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.failed`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
    type: 'Warning',
    reason: 'Failed',
    message: `Failed to pull image "${image}": the sandbox has no image with the tag "broken"`,
    source: { component: 'sandbox', host: NODE_NAME },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  })
}
