import { expect, test } from 'vitest'
import { comparedResources } from '../../test/builders/compared-resources.ts'
import { planTasks } from './plan.ts'
import { resultOfApply, resultOfFailure } from './results.ts'
import { settleResults } from './settle-results.ts'

const PLAN = { pruneLast: false, skipHooks: false, applyOutOfSyncOnly: false }
const HOOK = 'Deployment web hook=Sync'

test.for([
  ['Deployment web', 'Deployment web live Healthy', 'Synced Succeeded'],
  ['Deployment web', 'Deployment web live', 'Synced Succeeded'],
  ['Deployment web', 'Deployment web live Degraded', 'Synced Failed'],
  ['Deployment web', 'Deployment web live Progressing', 'Synced Running'],
  ['Deployment web', 'Deployment web live Suspended', 'Synced Running'],
  ['Deployment web', 'Deployment web live Unknown', 'Synced Running'],
  ['Deployment web', 'Deployment web unreadable', 'Synced Running'],
  ['Deployment web', 'Deployment web', 'SyncFailed Error'],
  ['Deployment web', '', 'Synced Running'],
  [HOOK, 'Deployment web hook=Sync live Healthy', 'Synced Succeeded'],
  [HOOK, 'Deployment web hook=Sync live', 'Synced Succeeded'],
  [HOOK, 'Deployment web hook=Sync live Unknown', 'Synced Failed'],
  [HOOK, 'Deployment web hook=Sync live Suspended', 'Synced Running'],
] as const)('[%s] seen as [%s] is %s', ([git, seen, expected]) => {
  const results = planTasks(comparedResources(git), PLAN).map((task) =>
    resultOfApply(task, 'created', { dryRun: false, serverSide: false }),
  )
  const settled = settleResults(results, comparedResources(seen))
  expect(settled.map(({ status, hookPhase }) => `${status} ${hookPhase}`)).toEqual([expected])
})

test('what has ended stays as it is', () => {
  const results = planTasks(comparedResources('Deployment web'), PLAN).map((task) =>
    resultOfFailure(task, 'invalid'),
  )
  expect(settleResults(results, comparedResources('Deployment web live Healthy'))).toEqual(results)
})
