import { expect, test } from 'vitest'
import { comparedResources } from '../../test/builders/compared-resources.ts'
import type { ApplicationSpec, AutomatedPolicy, RetryStrategy } from '../app/application.ts'
import type { OperationState, SyncStatus } from '../app/status.ts'
import { type AutoSyncDecision, decideAutoSync } from './auto-sync.ts'
import { SELF_HEAL_DELAY_MS_MAX, selfHealDelayMs } from './self-heal.ts'

const SOURCE = { repoURL: 'https://git.example/apps', path: 'guestbook' }
const ENDED = 1_000_000

const specOf = (
  automated: AutomatedPolicy | undefined,
  retry?: RetryStrategy,
): ApplicationSpec => ({
  project: 'default',
  source: SOURCE,
  destination: {},
  syncPolicy: {
    ...(automated !== undefined && { automated }),
    syncOptions: ['PruneLast=true'],
    ...(retry !== undefined && { retry }),
  },
})

const lastOf = (part: Partial<OperationState> & { heals?: number; dryRun?: boolean }) => {
  const { heals, dryRun = false, ...rest } = part
  return {
    operation: {
      id: 'op',
      requestedAt: 0,
      initiatedBy: {},
      sync: { dryRun, ...(heals !== undefined && { autoHealAttempts: heals }) },
    },
    phase: 'Succeeded',
    message: 'it broke',
    startedAt: 0,
    finishedAt: ENDED,
    retryCount: 0,
    snapshot: { revisions: ['new'] },
    sources: [{ path: SOURCE.path, repoURL: SOURCE.repoURL }],
    results: [],
    ...rest,
  } satisfies OperationState
}

interface Case {
  readonly automated?: AutomatedPolicy
  readonly git?: string
  readonly sync?: SyncStatus
  readonly last?: OperationState
  readonly after?: number
}

const decide = ({ automated, git, sync, last, after }: Case): AutoSyncDecision =>
  decideAutoSync({
    spec: specOf(automated),
    resources: comparedResources(git ?? 'Deployment web'),
    sync: sync ?? 'OutOfSync',
    snapshot: { revisions: ['new'] },
    ...(last !== undefined && { last }),
    now: ENDED + (after ?? 0),
  })

function show(decision: AutoSyncDecision): string {
  if (decision.do === 'skip') {
    const { condition, retryAt } = decision
    return `skip${condition === undefined ? '' : `: ${condition}`}${retryAt === undefined ? '' : ` until +${retryAt - ENDED}`}`
  }
  const { resources, autoHealAttempts, prune } = decision.sync
  const heal = autoHealAttempts === undefined ? '' : ` heal #${autoHealAttempts}`
  const only = resources === undefined ? '' : ` ${resources.map(({ name }) => name).join(' ')}`
  return `sync${prune === true ? ' prune' : ''}${heal}${only}`
}

const FAILED = lastOf({ phase: 'Failed' })
const HEAL = { selfHeal: true }
const PRUNE = { prune: true }
const WIPED = 'skip: Skipping sync attempt to [new]: auto-sync will wipe out all resources'

test.for<[string, Case, string]>([
  ['manual', {}, 'skip'],
  ['automated', { automated: {} }, 'sync'],
  ['switched off', { automated: { enabled: false, prune: true } }, 'skip'],
  ['switched on', { automated: { enabled: true } }, 'sync'],
  ['in sync', { automated: {}, sync: 'Synced' }, 'skip'],
  ['not known', { automated: {}, sync: 'Unknown' }, 'skip'],
  [
    'only pruning is left, and is off',
    { automated: {}, git: 'Deployment web live Synced\nConfigMap old extra' },
    'skip',
  ],
  [
    'only pruning is left, and is on',
    { automated: PRUNE, git: 'Deployment web live Synced\nConfigMap old extra' },
    'sync prune',
  ],
  ['not all needs pruning', { automated: {}, git: 'Deployment web\nConfigMap old extra' }, 'sync'],
  [
    'hooks are no reason to sync',
    { automated: {}, git: 'Job j hook=Sync\nConfigMap old extra' },
    'skip',
  ],
  ['all would go', { automated: PRUNE, git: 'ConfigMap a extra\nConfigMap b extra' }, WIPED],
  [
    'all would go, but for hooks',
    { automated: PRUNE, git: 'ConfigMap a extra\nJob j hook=Sync' },
    WIPED,
  ],
  [
    'all may go',
    { automated: { prune: true, allowEmpty: true }, git: 'ConfigMap a extra' },
    'sync prune',
  ],
  [
    'another revision was tried',
    { automated: {}, last: lastOf({ snapshot: { revisions: ['old'] } }) },
    'sync',
  ],
  [
    'another revision failed',
    { automated: {}, last: { ...FAILED, snapshot: { revisions: ['old'] } } },
    'sync',
  ],
  [
    'this revision failed',
    { automated: HEAL, last: FAILED },
    'skip: Failed last sync attempt to [new]: it broke',
  ],
  [
    'this revision could not be tried',
    { automated: {}, last: lastOf({ phase: 'Error' }) },
    'skip: Failed last sync attempt to [new]: it broke',
  ],
  [
    'it failed with other sources',
    { automated: {}, last: { ...FAILED, sources: [{ ...SOURCE, path: 'other' }] } },
    'sync',
  ],
  ['it is being tried', { automated: HEAL, last: lastOf({ phase: 'Running' }) }, 'skip'],
  ['a dry run is no attempt', { automated: {}, last: lastOf({ dryRun: true }) }, 'sync'],
  ['drift without self-heal', { automated: {}, last: lastOf({}) }, 'skip'],
  [
    'drift is healed at once, what differs only',
    {
      automated: { ...HEAL, ...PRUNE },
      last: lastOf({}),
      git: 'Deployment web\nConfigMap a live Synced\nConfigMap b extra',
    },
    'sync prune heal #1 web b',
  ],
  ['the second heal waits', { automated: HEAL, last: lastOf({ heals: 1 }) }, 'skip until +2000'],
  [
    'until its time has come',
    { automated: HEAL, last: lastOf({ heals: 1 }), after: 2000 },
    'sync heal #2 web',
  ],
  [
    'healing does not wipe out',
    { automated: { ...HEAL, ...PRUNE }, last: lastOf({}), git: 'ConfigMap a extra' },
    WIPED,
  ],
])('%s', ([, given, expected]) => {
  expect(show(decide(given))).toBe(expected)
})

test('what is synced is the compared snapshot, with the options and retries of the Application', () => {
  const input = {
    resources: comparedResources('Deployment web'),
    sync: 'OutOfSync',
    snapshot: { revisions: ['new'] },
    now: 0,
  } as const
  const sync = {
    revisions: ['new'],
    sources: [SOURCE],
    prune: false,
    syncOptions: ['PruneLast=true'],
  }
  expect(decideAutoSync({ ...input, spec: specOf({}) })).toEqual({
    do: 'sync',
    sync,
    retry: { limit: 5 },
  })
  expect(decideAutoSync({ ...input, spec: specOf({}, { limit: 0 }) })).toEqual({
    do: 'sync',
    sync,
    retry: { limit: 0 },
  })
})

test('a heal selects objects by their whole key', () => {
  const decision = decide({
    automated: HEAL,
    last: lastOf({}),
    git: 'Deployment shop/web\nNamespace shop',
  })
  expect(decision.do === 'sync' && decision.sync.resources).toEqual([
    { group: 'apps', kind: 'Deployment', name: 'web', namespace: 'shop' },
    { kind: 'Namespace', name: 'shop' },
  ])
})

test('the waits before a heal grow up to their limit', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 7, 900].map(selfHealDelayMs)
  expect(waits.map((ms) => ms / 1000)).toEqual([0, 2, 6, 18, 54, 162, 300, 300, 300])
  expect(waits.at(-1)).toBe(SELF_HEAL_DELAY_MS_MAX)
})
