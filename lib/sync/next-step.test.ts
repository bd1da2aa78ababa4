import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparedResources } from '../../test/builders/compared-resources.ts'
import type { ResourceResult } from '../app/status.ts'
import { keyText } from '../manifest/key.ts'
import { nextStep } from './next-step.ts'
import { REASONS_MAX, TASKS_PER_STEP_MAX } from './operation-limits.ts'
import { isPrune } from './plan-order.ts'
import { planTasks } from './plan.ts'
import { mergeResults, resultOfApply, resultOfFailure, resultOfPrune } from './results.ts'
import { settleResults } from './settle-results.ts'
import { showStep } from './show.ts'
import type { ComparedResource, Step, SyncProgress, Task } from './task.ts'

const PLAN = { pruneLast: false, skipHooks: false, applyOutOfSyncOnly: false }

const progressOf = (
  resources: readonly ComparedResource[],
  part: Partial<SyncProgress> = {},
): SyncProgress => ({
  tasks: planTasks(resources, PLAN),
  results: [],
  resources,
  now: 0,
  deadline: 100,
  prune: true,
  dryRun: false,
  ...part,
})

/** What running a task well would leave behind. */
const done = (task: Task, dryRun = false): ResourceResult =>
  isPrune(task)
    ? resultOfPrune(task, { dryRun, enabled: true, allowed: 'yes' })
    : resultOfApply(task, 'created', { dryRun, serverSide: false })

/**
 * The step after the objects named in `applied` were applied well and those in `failed` were not.
 * `seen` is the state now, `git` the one that the plan was made from; both in the mini-language.
 */
function stepAfter(
  git: string,
  seen: { applied?: string; failed?: string; now?: string; at?: number; dryRun?: boolean },
): string {
  const planned = progressOf(comparedResources(git))
  const named = (names = ''): readonly Task[] =>
    planned.tasks.filter(({ key }) => names.split(' ').includes(key.name))
  const results = [
    ...named(seen.applied).map((task) => done(task, seen.dryRun)),
    ...named(seen.failed).map((task) => resultOfFailure(task, `${task.key.name} is invalid`)),
  ]
  return showStep(
    nextStep({
      ...planned,
      results,
      resources: comparedResources(seen.now ?? git),
      now: seen.at ?? 0,
      dryRun: seen.dryRun ?? false,
    }),
  )
}

const ONE_WAVE = 'Deployment web\nService web-svc'
const TWO_WAVES = 'Deployment db @-1\nDeployment web'
const PRE_HOOK = 'Job migrate hook=PreSync\nDeployment web'
const SYNC_HOOK = 'Deployment web\nJob smoke hook=Sync'
const POST_HOOK = 'Deployment web\nJob smoke hook=PostSync'

test.for([
  ['nothing to do', '', {}, 'Succeeded: successfully synced (no more tasks)'],
  [
    'one wave is one step',
    ONE_WAVE,
    {},
    'run Sync wave 0 (last)\n  apply Service default/web-svc\n  apply apps/Deployment default/web',
  ],
  [
    'what a crash left undone is done',
    ONE_WAVE,
    { applied: 'web-svc' },
    'run Sync wave 0 (last)\n  apply apps/Deployment default/web',
  ],
  [
    'one wave does not wait for health',
    ONE_WAVE,
    {
      applied: 'web web-svc',
      now: 'Deployment web live Progressing\nService web-svc live Healthy',
    },
    'Succeeded: successfully synced (all tasks run)',
  ],
  [
    'nor does what degrades after it fail it',
    ONE_WAVE,
    { applied: 'web web-svc', now: 'Deployment web live Degraded\nService web-svc live Healthy' },
    'Succeeded: successfully synced (all tasks run)',
  ],
  [
    'an object that was Degraded before is applied',
    TWO_WAVES,
    { now: 'Deployment db @-1 live Degraded\nDeployment web' },
    'run Sync wave -1\n  apply apps/Deployment default/db',
  ],
  [
    'a wave waits for the health of the one before',
    TWO_WAVES,
    { applied: 'db', now: 'Deployment db @-1 live Progressing\nDeployment web' },
    'waiting for healthy state of apps/Deployment/db',
  ],
  [
    'suspended is not healthy',
    TWO_WAVES,
    { applied: 'db', now: 'Deployment db @-1 live Suspended\nDeployment web' },
    'waiting for healthy state of apps/Deployment/db',
  ],
  [
    'unreadable is not healthy',
    TWO_WAVES,
    { applied: 'db', now: 'Deployment db @-1 unreadable\nDeployment web' },
    'waiting for healthy state of apps/Deployment/db',
  ],
  [
    'and begins when that is healthy',
    TWO_WAVES,
    { applied: 'db', now: 'Deployment db @-1 live Healthy\nDeployment web' },
    'run Sync wave 0 (last)\n  apply apps/Deployment default/web',
  ],
  [
    'kinds without health need none',
    TWO_WAVES,
    { applied: 'db', now: 'Deployment db @-1 live\nDeployment web' },
    'run Sync wave 0 (last)\n  apply apps/Deployment default/web',
  ],
  [
    'the last wave is not waited for',
    TWO_WAVES,
    {
      applied: 'db web',
      now: 'Deployment db @-1 live Healthy\nDeployment web live Progressing',
    },
    'Succeeded: successfully synced (all tasks run)',
  ],
  [
    'a Degraded wave fails the sync',
    TWO_WAVES,
    { applied: 'db', now: 'Deployment db @-1 live Degraded\nDeployment web' },
    'Failed: one or more synchronization tasks completed unsuccessfully, reason: apps/Deployment/db is Degraded',
  ],
  [
    'so does an object that is gone again',
    TWO_WAVES,
    { applied: 'db', now: 'Deployment db @-1\nDeployment web' },
    'Failed: one or more synchronization tasks completed unsuccessfully, reason: Resource apps/Deployment/db is missing, it might have been deleted',
  ],
  [
    'a refused object fails the sync',
    ONE_WAVE,
    { applied: 'web-svc', failed: 'web' },
    'Failed: one or more objects failed to apply, reason: web is invalid',
  ],
  [
    'the deadline names what was waited for, and how it was',
    TWO_WAVES,
    { applied: 'db', now: 'Deployment db @-1 live Progressing\nDeployment web', at: 100 },
    'Failed: operation timed out while waiting for healthy state of apps/Deployment/db (Progressing)',
  ],
  [
    'or what was not begun',
    ONE_WAVE,
    { at: 100 },
    'Failed: operation timed out before the sync of /Service/web-svc and 1 more resources',
  ],
  [
    'a finished sync has no deadline',
    ONE_WAVE,
    { applied: 'web web-svc', at: 100 },
    'Succeeded: successfully synced (all tasks run)',
  ],
  [
    'a pruned object that is still terminating holds up the next wave',
    'ConfigMap old extra @-1\nDeployment web',
    { applied: 'old', now: 'ConfigMap old extra terminating\nDeployment web' },
    'waiting for deletion of /ConfigMap/old',
  ],
  [
    'one that is gone does not',
    'ConfigMap old extra @-1\nDeployment web',
    { applied: 'old', now: 'Deployment web' },
    'run Sync wave 0 (last)\n  apply apps/Deployment default/web',
  ],
  ['hooks come first', PRE_HOOK, {}, 'run PreSync wave 0\n  hook batch/Job default/migrate'],
  [
    'and are waited for',
    PRE_HOOK,
    { applied: 'migrate', now: 'Job migrate hook=PreSync live Progressing\nDeployment web' },
    'waiting for completion of hook batch/Job/migrate',
  ],
  [
    'a failed hook fails the sync',
    PRE_HOOK,
    { applied: 'migrate', now: 'Job migrate hook=PreSync live Degraded\nDeployment web' },
    'Failed: one or more synchronization tasks completed unsuccessfully, reason: batch/Job/migrate is Degraded',
  ],
  [
    'a PostSync hook waits for the health of all',
    POST_HOOK,
    { applied: 'web', now: 'Deployment web live Progressing\nJob smoke hook=PostSync' },
    'waiting for healthy state of apps/Deployment/web',
  ],
  [
    'a sync that ends with hooks ends with their completion',
    POST_HOOK,
    {
      applied: 'web smoke',
      now: 'Deployment web live Healthy\nJob smoke hook=PostSync live Healthy',
    },
    'Succeeded: successfully synced (no more tasks)',
  ],
  [
    'of one stage with a hook only the hook is waited for',
    SYNC_HOOK,
    {
      applied: 'web smoke',
      now: 'Deployment web live Progressing\nJob smoke hook=Sync live Progressing',
    },
    'waiting for completion of hook batch/Job/smoke',
  ],
  [
    'and not the health of the objects beside it',
    SYNC_HOOK,
    {
      applied: 'web smoke',
      now: 'Deployment web live Degraded\nJob smoke hook=Sync live Healthy',
    },
    'Succeeded: successfully synced (no more tasks)',
  ],
  [
    'of several stages the last one is waited for, if hooks run in it',
    `ConfigMap a @-1\n${SYNC_HOOK}`,
    {
      applied: 'a web smoke',
      now: 'ConfigMap a live\nDeployment web live Progressing\nJob smoke hook=Sync live Healthy',
    },
    'waiting for healthy state of apps/Deployment/web',
  ],
  [
    'SyncFail hooks run after a failure',
    'Deployment web\nJob alarm hook=SyncFail',
    { failed: 'web' },
    'run SyncFail wave 0\n  hook batch/Job default/alarm',
  ],
  [
    'are waited for',
    'Deployment web\nJob alarm hook=SyncFail',
    {
      failed: 'web',
      applied: 'alarm',
      now: 'Deployment web\nJob alarm hook=SyncFail live Progressing',
    },
    'waiting for completion of hook batch/Job/alarm',
  ],
  [
    'and leave the reason as it was',
    'Deployment web\nJob alarm hook=SyncFail',
    {
      failed: 'web',
      applied: 'alarm',
      now: 'Deployment web\nJob alarm hook=SyncFail live Degraded',
    },
    'Failed: one or more objects failed to apply, reason: web is invalid',
  ],
  [
    'SyncFail hooks do not run otherwise',
    'Deployment web\nJob alarm hook=SyncFail',
    { applied: 'web' },
    'Succeeded: successfully synced (all tasks run)',
  ],
  [
    'a dry run waits for nothing',
    TWO_WAVES,
    { applied: 'db', dryRun: true },
    'run Sync wave 0 (last)\n  apply apps/Deployment default/web',
  ],
  [
    'a dry run ends with nothing left',
    TWO_WAVES,
    { applied: 'db web', dryRun: true },
    'Succeeded: successfully synced (no more tasks)',
  ],
  [
    'a dry run tries everything before it fails',
    TWO_WAVES,
    { failed: 'db', dryRun: true },
    'run Sync wave 0 (last)\n  apply apps/Deployment default/web',
  ],
  [
    'a failed dry run says so',
    TWO_WAVES,
    { failed: 'db', applied: 'web', dryRun: true },
    'Failed: one or more objects failed to apply (dry run), reason: db is invalid',
  ],
] as const)('%s', ([, git, seen, expected]) => {
  expect(stepAfter(git, seen)).toBe(expected)
})

const many = (count: number): readonly ComparedResource[] =>
  comparedResources(Array.from({ length: count }, (_, index) => `ConfigMap c${index}`).join('\n'))

test('a step runs no more tasks than its limit, and only the last batch is the last', () => {
  const resources = many(TASKS_PER_STEP_MAX + 1)
  const first = nextStep(progressOf(resources))
  const results = first.do === 'run' ? first.tasks.map((task) => done(task)) : []
  const second = nextStep(progressOf(resources, { results }))
  expect(
    [first, second].map((step) => step.do === 'run' && [step.tasks.length, step.isLast]),
  ).toEqual([
    [TASKS_PER_STEP_MAX, false],
    [1, true],
  ])
})

test('a message spells out no more reasons than its limit', () => {
  const progress = progressOf(many(REASONS_MAX + 2))
  const results = progress.tasks.map((task) => resultOfFailure(task, `no ${task.key.name}`))
  const step = nextStep({ ...progress, results })
  const message = step.do === 'finish' ? step.message : ''
  expect([message.split(',').length - 1, message.endsWith(' and 2 more')]).toEqual([
    REASONS_MAX,
    true,
  ])
})

// A world in which everything succeeds, but takes a few looks to become healthy.
const aWorld = fc.array(
  fc.record({
    kind: fc.constantFrom('ConfigMap', 'Deployment', 'Widget'),
    where: fc.constantFrom('', 'live Healthy', 'extra'),
    wave: fc.integer({ min: -2, max: 2 }),
    hook: fc.constantFrom('', '', 'hook=PreSync', 'hook=Sync', 'hook=PostSync', 'hook=SyncFail'),
    looks: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 10 },
)

test('property: a sync runs each stage after the one before is settled, each task once, and ends', () => {
  fc.assert(
    fc.property(aWorld, (world) => {
      const git = world.map(
        ({ kind, where, wave, hook }, index) => `${kind} n${index} ${where} @${wave} ${hook}`,
      )
      const looks = new Map(world.map((item, index) => [`n${index}`, item.looks]))
      const steps = runToEnd(comparedResources(git.join('\n')), looks)
      expect(steps.at(-1)).toMatchObject({ do: 'finish', phase: 'Succeeded' })
    }),
  )
})

function runToEnd(git: readonly ComparedResource[], looks: Map<string, number>): readonly Step[] {
  let progress = progressOf(git, { deadline: Number.POSITIVE_INFINITY })
  const appliedAt = new Map<string, number>()
  const steps: Step[] = []
  for (let round = 0; round < 200; round++) {
    const resources = git.map((resource) => seenAt(resource, round, { appliedAt, looks }))
    const step = nextStep({ ...progress, resources })
    steps.push(step)
    if (step.do === 'finish') return steps
    if (step.do === 'wait') continue
    expect(unsettledBefore(step, progress.tasks, resources)).toEqual([])
    for (const task of step.tasks) {
      expect(appliedAt.has(idOf(task))).toBe(false)
      appliedAt.set(idOf(task), round)
      appliedAt.set(keyText(task.key), round)
    }
    const results = mergeResults(
      progress.results,
      step.tasks.map((task) => done(task)),
    )
    progress = { ...progress, results }
  }
  return steps
}

const idOf = (task: Task): string => `${task.phase} ${keyText(task.key)}`

/** Applied objects become healthy after their number of looks, pruned ones go after it. */
function seenAt(
  resource: ComparedResource,
  round: number,
  world: { appliedAt: Map<string, number>; looks: Map<string, number> },
): ComparedResource {
  const at = world.appliedAt.get(keyText(resource.key))
  if (at === undefined) return resource
  const isReady = round - at > (world.looks.get(resource.key.name) ?? 0)
  const { target, live, health: _health, ...rest } = resource
  if (target === undefined) {
    if (isReady || live === undefined) return rest
    const metadata = { ...live.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' }
    return { ...rest, live: { ...live, metadata } }
  }
  return {
    ...rest,
    target,
    live: target,
    health: { status: isReady ? 'Healthy' : 'Progressing' },
  }
}

/** Objects of earlier stages that are not as they should be when a stage begins. */
const unsettledBefore = (
  step: Extract<Step, { do: 'run' }>,
  tasks: readonly Task[],
  resources: readonly ComparedResource[],
): readonly string[] => {
  const first = tasks.findIndex(({ phase, wave }) => phase === step.phase && wave === step.wave)
  const seen = new Map(resources.map((resource) => [keyText(resource.key), resource]))
  return tasks
    .slice(0, first)
    .filter((task) => {
      const resource = seen.get(keyText(task.key))
      return isPrune(task) ? resource?.live !== undefined : resource?.health?.status !== 'Healthy'
    })
    .map(idOf)
}

test('results that were settled before lead to the same step', () => {
  const git = comparedResources(ONE_WAVE)
  const { tasks } = progressOf(git)
  const results = settleResults(
    tasks.map((task) => done(task)),
    git,
  )
  expect(results.map(({ status }) => status)).toEqual(['SyncFailed', 'SyncFailed'])
  expect(showStep(nextStep(progressOf(git, { results })))).toBe(
    'Succeeded: successfully synced (all tasks run)',
  )
})
