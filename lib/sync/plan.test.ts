import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparedResources } from '../../test/builders/compared-resources.ts'
import { keyText } from '../manifest/key.ts'
import { compareStages } from './plan-order.ts'
import { type PlanOptions, planTasks } from './plan.ts'
import { showPlan } from './show.ts'

const ALL: PlanOptions = { pruneLast: false, skipHooks: false, applyOutOfSyncOnly: false }

const planOf = (text: string, options: Partial<PlanOptions> = {}): string =>
  showPlan(planTasks(comparedResources(text), { ...ALL, ...options }))

/** Takes the indentation of the test's source off a text. */
const lines = (text: string): string => {
  const all = text.split('\n').filter((line) => line.trim() !== '')
  const margin = Math.min(...all.map((line) => line.search(/\S/)))
  return all.map((line) => line.slice(margin)).join('\n')
}

test('a wave prunes first, workloads before what they need, then applies by kind and name', () => {
  const plan = planOf(`
    Deployment web
    Service web
    ConfigMap b
    ConfigMap a
    Widget w
    Namespace shop
    Deployment old extra
    ServiceAccount old extra`)
  expect(plan).toBe(
    lines(`
      Sync
        wave 0
          prune apps/Deployment default/old
          prune ServiceAccount default/old
          apply Namespace shop
          apply ConfigMap default/a
          apply ConfigMap default/b
          apply Service default/web
          apply apps/Deployment default/web
          apply example.com/Widget default/w`),
  )
})

test('phases and waves ascend; a hook has a task for each of its phases', () => {
  const plan = planOf(`
    Deployment web @1
    Deployment db @-2
    Job smoke hook=PostSync
    Job migrate hook=PreSync,PostSync @-1
    Job alarm hook=SyncFail
    Job gone hook=PostDelete
    Job never hook=Skip
    ConfigMap odd @one`)
  expect(plan).toBe(
    lines(`
      PreSync
        wave -1
          hook batch/Job default/migrate
      Sync
        wave -2
          apply apps/Deployment default/db
        wave 0
          apply ConfigMap default/odd
        wave 1
          apply apps/Deployment default/web
      PostSync
        wave -1
          hook batch/Job default/migrate
        wave 0
          hook batch/Job default/smoke
      SyncFail
        wave 0
          hook batch/Job default/alarm`),
  )
})

test('prunes take the mirrored waves of all prunes', () => {
  const plan = planOf(`
    ConfigMap a extra @-1
    ConfigMap b extra
    ConfigMap c extra @5
    ConfigMap new @2`)
  expect(plan).toBe(
    lines(`
      Sync
        wave -1
          prune ConfigMap default/c
        wave 0
          prune ConfigMap default/b
        wave 2
          apply ConfigMap default/new
        wave 5
          prune ConfigMap default/a`),
  )
})

test('PruneLast by annotation or for all puts prunes behind every wave', () => {
  const text = `
    ConfigMap a extra @-1
    ConfigMap b extra options=PruneLast=true
    ConfigMap new @2`
  expect([planOf(text), planOf(text, { pruneLast: true })]).toEqual([
    lines(`
      Sync
        wave 0
          prune ConfigMap default/a
        wave 2
          apply ConfigMap default/new
        wave 3
          prune ConfigMap default/b`),
    lines(`
      Sync
        wave 2
          apply ConfigMap default/new
        wave 3
          prune ConfigMap default/a
          prune ConfigMap default/b`),
  ])
})

test('a Namespace or CRD moves to the phase and wave of the first object that needs it', () => {
  const plan = planOf(`
    Namespace shop @3
    ConfigMap shop/settings @1
    Job shop/migrate hook=PreSync
    CustomResourceDefinition widgets @2
    Widget shop/w @-1
    Namespace other @1`)
  expect(plan).toBe(
    lines(`
      PreSync
        wave 0
          apply Namespace shop
          hook batch/Job shop/migrate
      Sync
        wave -1
          apply apiextensions.k8s.io/CustomResourceDefinition widgets
          apply example.com/Widget shop/w
        wave 1
          apply Namespace other
          apply ConfigMap shop/settings`),
  )
})

test('nothing is pruned without proof (law 7)', () => {
  const plan = planOf(`
    ConfigMap theirs foreign
    ConfigMap hidden extra unreadable
    Job old-hook extra hook=PreSync
    ConfigMap ours extra`)
  expect(plan).toBe('Sync\n  wave 0\n    prune ConfigMap default/ours')
})

test.for([
  ['all', {}, 'Deployment a,ConfigMap b,Job c,ConfigMap d'],
  ['no hooks', { skipHooks: true }, 'Deployment a,ConfigMap b,ConfigMap d'],
  ['what differs', { applyOutOfSyncOnly: true }, 'Deployment a,Job c,ConfigMap d'],
  [
    'one, by its group',
    { selected: [{ group: 'apps', kind: 'Deployment', name: 'a' }] },
    'Deployment a',
  ],
  ['none, by a wrong group', { selected: [{ kind: 'Deployment', name: 'a' }] }, ''],
  [
    'one, by its namespace',
    { selected: [{ kind: 'ConfigMap', name: 'b', namespace: 'default' }] },
    'ConfigMap b',
  ],
  [
    'none, by another namespace',
    { selected: [{ kind: 'ConfigMap', name: 'b', namespace: 'x' }] },
    '',
  ],
  ['none', { selected: [] }, ''],
] as const)('selects %s', ([, options, expected]) => {
  const resources = comparedResources(`
    Deployment a live
    ConfigMap b live Synced
    Job c hook=Sync
    ConfigMap d extra`)
  const planned = planTasks(resources, { ...ALL, ...options }).map(({ key }) => keyText(key))
  const wanted = expected.split(',').filter((item) => item !== '')
  const names = planned.map((key) => key.split('/').filter((_, index) => index % 2 === 1))
  expect(names.map(([kind, name]) => `${kind} ${name}`).toSorted()).toEqual(wanted.toSorted())
})

test('an object that could not be read says so in its task', () => {
  const [task] = planTasks(comparedResources('Secret s Unknown unreadable'), ALL)
  expect(task?.unreadable).toBe('secrets is forbidden')
})

const aResource = fc
  .record({
    kind: fc.constantFrom('Namespace', 'ConfigMap', 'Deployment', 'Widget', 'Job', 'Secret'),
    where: fc.constantFrom('', 'live', 'extra', 'foreign'),
    wave: fc.integer({ min: -3, max: 3 }),
    hook: fc.constantFrom('', '', '', 'hook=PreSync', 'hook=PostSync,Sync'),
    options: fc.constantFrom('', '', 'options=PruneLast=true'),
  })
  .map(
    ({ kind, where, wave, hook, options }) => `${kind} NAME ${where} @${wave} ${hook} ${options}`,
  )
const someResources = fc
  .array(aResource, { maxLength: 12 })
  .map((all) =>
    comparedResources(all.map((line, index) => line.replace('NAME', `n${index}`)).join('\n')),
  )

test('property: the order of the plan does not depend on the order of the input', () => {
  fc.assert(
    fc.property(
      someResources.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length }),
          fc.boolean(),
        ),
      ),
      ([all, shuffled, pruneLast]) => {
        expect(planTasks(shuffled, { ...ALL, pruneLast })).toEqual(
          planTasks(all, { ...ALL, pruneLast }),
        )
      },
    ),
  )
})

test('property: stages ascend, and every ordinary resource has exactly one task', () => {
  fc.assert(
    fc.property(someResources, fc.boolean(), (all, pruneLast) => {
      const tasks = planTasks(all, { ...ALL, pruneLast })
      const rises = tasks.slice(1).map((task, index) => compareStages(tasks[index] ?? task, task))
      expect(rises.filter((step) => step > 0)).toEqual([])
      const isPlanned = ({ target, live, isOwn }: (typeof all)[number]): boolean =>
        (target ?? live)?.metadata.annotations?.['argocd.argoproj.io/hook'] === undefined &&
        (target !== undefined || isOwn)
      expect(
        tasks
          .filter((task) => task.hookType === undefined)
          .map(({ key }) => keyText(key))
          .toSorted(),
      ).toEqual(
        all
          .filter(isPlanned)
          .map(({ key }) => keyText(key))
          .toSorted(),
      )
    }),
  )
})
