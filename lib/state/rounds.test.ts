import { expect, test } from 'vitest'
import {
  createApplication,
  getApplication,
  isOperating,
  requestOperation,
  wake,
  wantedLevel,
} from './applications.ts'
import { createMemoryState } from './memory-state.ts'
import type { State } from './port.ts'
import type { ApplicationRecord, Summary } from './records.ts'
import {
  type Commit,
  commitRound,
  LATE_WRITE_MS,
  LEASE_MS,
  removeApplication,
  takeLease,
} from './rounds.ts'

const NOW = 1_700_000_000_000
const SUMMARY: Summary = {
  sync: 'Synced',
  health: { status: 'Healthy' },
  healthSince: NOW,
  conditions: [],
  reconciledAt: NOW,
  sourceTypes: ['Directory'],
  images: [],
  waits: 0,
  verifiedAt: NOW,
  subscriptions: [],
}
const aCommit = (overrides: Partial<Commit> = {}): Commit => ({
  summary: SUMMARY,
  documents: {},
  due: NOW + 60_000,
  now: NOW,
  ...overrides,
})

async function anApplication() {
  const state = createMemoryState()
  const record = await createApplication(state, 'acme', {
    name: 'guestbook',
    uid: 'uid',
    spec: { project: 'default', destination: {} },
    labels: {},
    annotations: {},
    now: NOW,
  })
  return { state, record: given(record) }
}

function given(record: ApplicationRecord | undefined): ApplicationRecord {
  if (record === undefined) throw new Error('the Application is not there')
  return record
}

const lease = (owner: string, now = NOW) => ({ owner, now, documents: {} })
const anOperation = (id: string) => ({ id, requestedAt: NOW, initiatedBy: {}, sync: {} })

test('a commit makes everything true at once, ends the lease and says when to look again', async () => {
  const { state, record } = await anApplication()
  const leased = given(await takeLease(state, record, lease('one')))
  expect([leased.seen.lease, leased.due]).toEqual([
    { owner: 'one', until: NOW + LEASE_MS },
    NOW + LEASE_MS,
  ])
  const done = given(await commitRound(state, leased, aCommit({ running: 'op', taken: 'op' })))
  expect(done.seen).toEqual({
    looks: record.wanted,
    generation: 1,
    round: 2,
    summary: SUMMARY,
    documents: {},
    running: 'op',
    taken: 'op',
  })
  expect([done.due, wantedLevel(done)]).toEqual([NOW + 60_000, undefined])
  expect(await getApplication(state, 'acme', 'guestbook')).toEqual(done)
})

test('of two workers that saw the same round one takes the lease', async () => {
  const { state, record } = await anApplication()
  const taken = await Promise.all(
    ['one', 'two'].map((owner) => takeLease(state, record, lease(owner))),
  )
  expect(taken.map((answer) => answer?.seen.lease?.owner)).toEqual(['one', undefined])
})

test.for<[string, (record: ApplicationRecord, state: State) => Promise<unknown>]>([
  ['commits', (stale, state) => commitRound(state, stale, aCommit())],
  ['takes a lease', (stale, state) => takeLease(state, stale, lease('late'))],
  ['removes', (stale, state) => removeApplication(state, stale)],
])('a paused worker that %s after another took over changes nothing', async ([, act]) => {
  const { state, record } = await anApplication()
  const paused = given(await takeLease(state, record, lease('paused')))
  const other = given(await takeLease(state, paused, lease('other', NOW + LEASE_MS)))
  expect((await act(paused, state)) ?? false).toBe(false)
  expect(await getApplication(state, 'acme', 'guestbook')).toEqual(other)
})

test('an Application that was made anew under its name is not touched by an old round', async () => {
  const { state, record } = await anApplication()
  expect(await removeApplication(state, record)).toBe(true)
  const anew = await createApplication(state, 'acme', {
    name: 'guestbook',
    uid: 'another',
    spec: record.spec,
    labels: {},
    annotations: {},
    now: NOW,
  })
  expect(await commitRound(state, record, aCommit())).toBe(undefined)
  expect(await getApplication(state, 'acme', 'guestbook')).toEqual(anew)
})

test('what is asked for during a round keeps the Application due, and wanted', async () => {
  const { state, record } = await anApplication()
  const leased = given(await takeLease(state, record, lease('one')))
  await wake(state, 'acme', 'guestbook', { level: 'refresh', now: NOW + 5 })
  const before = state.requests()
  const done = given(await commitRound(state, leased, aCommit({ due: NOW + 60_000, now: NOW + 9 })))
  expect([done.due, wantedLevel(done), done.seen.round]).toEqual([NOW + 9, 'refresh', 2])
  expect(state.requests() - before).toBe(3)
})

test('what is asked for between a look and its lease stays wanted after the commit', async () => {
  const { state, record } = await anApplication()
  await wake(state, 'acme', 'guestbook', { level: 'refresh', now: NOW + 5 })
  const leased = given(await takeLease(state, record, lease('one')))
  expect(leased.wanted).toEqual(record.wanted)
  const done = given(await commitRound(state, leased, aCommit({ now: NOW + 9 })))
  expect([done.due, wantedLevel(done)]).toEqual([NOW + 9, 'refresh'])
})

test('whatever ends a lease that ran out notes until when its owner may still write', async () => {
  const { state, record } = await anApplication()
  const paused = given(await takeLease(state, record, lease('paused')))
  const later = NOW + LEASE_MS
  const other = given(await takeLease(state, paused, lease('other', later)))
  expect(other.seen.strayUntil).toBe(later + LATE_WRITE_MS)
  const done = given(await commitRound(state, other, aCommit({ now: later + 5 })))
  expect(done.seen.strayUntil).toBe(later + LATE_WRITE_MS)
})

test('a commit without a lease of its own notes the one that ran out', async () => {
  const { state, record } = await anApplication()
  const paused = given(await takeLease(state, record, lease('paused')))
  const done = given(await commitRound(state, paused, aCommit({ now: NOW + LEASE_MS })))
  expect(done.seen.strayUntil).toBe(NOW + LEASE_MS + LATE_WRITE_MS)
})

test('a commit that waits for nothing leaves the Application out of the index', async () => {
  const { state, record } = await anApplication()
  const { due: _, ...resting } = aCommit()
  const done = given(await commitRound(state, record, resting))
  expect(done.due).toBe(undefined)
  const shards = await Promise.all([0, 1, 2, 3].map((s) => state.dueNow(s, NOW * 2, 10)))
  expect(shards.flat()).toEqual([])
})

test('a second operation is refused from the asking until the end of the first', async () => {
  const { state, record } = await anApplication()
  const ask = (id: string) =>
    requestOperation(state, 'acme', 'guestbook', { operation: anOperation(id), now: NOW })
  const asked = given(await ask('first'))
  expect([isOperating(asked), await ask('second')]).toEqual([true, undefined])

  const running = given(
    await commitRound(state, asked, aCommit({ running: 'first', taken: 'first' })),
  )
  expect([isOperating(running), await ask('second')]).toEqual([true, undefined])

  const ended = given(await commitRound(state, running, aCommit({ taken: 'first' })))
  expect([isOperating(ended), (await ask('second'))?.operation?.id]).toEqual([false, 'second'])
  expect(record.version).toBeLessThan(ended.version)
})
