import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMemoryState } from '../lib/state/memory-state.ts'
import { createDueAlarm } from './due-alarm.ts'
import { startSchedule } from './schedule.ts'

const START = 1_000_000
beforeEach(() => vi.useFakeTimers({ now: START }))
afterEach(() => vi.useRealTimers())

const open = (poll: () => Promise<unknown>) => {
  const errors: string[] = []
  const clock = { now: () => Date.now() }
  const alarm = createDueAlarm(createMemoryState(), clock)
  const log = { info: () => undefined, error: (event: string) => errors.push(event) }
  return { alarm, errors, schedule: startSchedule({ poll, alarm, clock, log }) }
}

test('polls at the start, often in the first minute, then when something is due and each minute', async () => {
  const polls: number[] = []
  const { alarm, schedule } = open(async () => polls.push((Date.now() - START) / 1000))
  await vi.advanceTimersByTimeAsync(61_000)
  expect(polls).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60])
  polls.length = 0
  await alarm.state.update('acme', { pk: 'a', sk: 'b' }, { set: { due: START + 75_000 } })
  await vi.advanceTimersByTimeAsync(120_000)
  await schedule.stop()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(polls).toEqual([75, 135])
})

test('a poll that fails is told and followed by the next; a stop waits for the one that runs', async () => {
  let polls = 0
  const { errors, schedule } = open(async () => {
    polls++
    await new Promise((resolve) => setTimeout(resolve, 7_000))
    throw new Error('no')
  })
  await vi.advanceTimersByTimeAsync(13_000)
  expect([polls, errors]).toEqual([2, ['poller.failed']])
  const stopped = schedule.stop()
  await vi.advanceTimersByTimeAsync(6_000)
  await stopped
  expect([polls, errors.length]).toEqual([2, 2])
})
