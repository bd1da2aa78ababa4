import type { Manifest } from '../../../lib/manifest/manifest.ts'
import { toRfc3339 } from '../../../lib/std/rfc3339.ts'
import { numberAt, objectAt, textAt } from '../kinds.ts'
import {
  childrenOf,
  conditionOf,
  createChild,
  podOf,
  randomSuffix,
  withoutZeros,
  writeStatus,
} from './children.ts'
import { PODS_MAX } from './replica-sets.ts'
import type { Controller } from './runner.ts'

/** Job → pods that succeed, unless their image is broken; then it stays active. */
export const jobs: Controller = {
  collection: 'batch/Job',
  reconcile(context, job) {
    const isSuspended = objectAt(job, 'spec')['suspend'] === true
    const isDone = textAt(job, 'status', 'completionTime') !== ''
    if (job.metadata.deletionTimestamp !== undefined || isSuspended || isDone) return
    const wanted = Math.min(PODS_MAX, numberAt(job, 'spec', 'completions') ?? 1)
    const pods = childrenOf(context, job, '/Pod')
    for (let count = pods.length; count < wanted; count++) {
      createChild(context, job, podOf(job, `${job.metadata.name ?? ''}-${randomSuffix(context)}`))
    }
    report(context, job, wanted)
  },
}

function report(
  context: Parameters<Controller['reconcile']>[0],
  job: Manifest,
  wanted: number,
): void {
  const pods = childrenOf(context, job, '/Pod')
  const phases = pods.map((pod) => textAt(pod, 'status', 'phase'))
  const succeeded = phases.filter((phase) => phase === 'Succeeded').length
  const ready = phases.filter((phase) => phase === 'Running').length
  const now = toRfc3339(context.now())
  const started = textAt(job, 'status', 'startTime') || now
  const common = {
    startTime: started,
    ready,
    terminating: 0,
    uncountedTerminatedPods: {},
    ...withoutZeros({ succeeded, active: pods.length - succeeded }),
  }
  if (succeeded < wanted) return writeStatus(context, job, common)
  const met = {
    status: 'True',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  } as const
  const conditions = (['SuccessCriteriaMet', 'Complete'] as const).map((type) => {
    const { lastUpdateTime: _time, ...condition } = conditionOf(
      job,
      { type, ...met },
      context.now(),
    )
    return { ...condition, lastProbeTime: now }
  })
  writeStatus(context, job, { ...common, completionTime: now, conditions })
}
