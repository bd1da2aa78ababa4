import { expect, test } from 'vitest'
import { createManualClock } from '../lib/clock/manual-clock.ts'
import { createMemoryState } from '../lib/state/memory-state.ts'
import { createDueAlarm, HINT_GRACE_MS, TIMES_MAX } from './due-alarm.ts'

const START = 1_000_000
const openAlarm = () => {
  const alarm = createDueAlarm(createMemoryState(), createManualClock(START))
  const earlier: number[] = []
  alarm.onEarlier(() => earlier.push(alarm.next() ?? 0))
  const write = (due: number | undefined, sk = String(due)) =>
    alarm.state.update('acme', { pk: 'a', sk }, { set: { due, dueShard: '0' } })
  return { alarm, earlier, write }
}

test.for([
  ['at once: a hint goes with it', 0, HINT_GRACE_MS],
  ['within the grace of its hint', 4_200, HINT_GRACE_MS],
  ['later: then, and hardly after it', 10_010, 10_100],
] as const)('what is due %s', async ([, inMs, rings]) => {
  const { alarm, write } = openAlarm()
  await write(START + inMs)
  expect(alarm.next()).toBe(START + rings)
})

test('rings for the earliest first, and once for each time', async () => {
  const { alarm, earlier, write } = openAlarm()
  for (const inMs of [60_000, 20_000, 30_000, 20_000]) await write(START + inMs)
  await alarm.state.put('acme', { pk: 'b', sk: 'c', due: START + 10_000, dueShard: '0' })
  expect(earlier).toEqual([START + 60_000, START + 20_000, START + 10_000])
  const rung: number[] = []
  for (let time = alarm.next(); time !== undefined; time = alarm.next()) {
    rung.push(time - START)
    alarm.passed(time)
  }
  expect(rung).toEqual([10_000, 20_000, 30_000, 60_000])
})

test('other writes ring nothing, and no more than so many times are kept', async () => {
  const { alarm, write } = openAlarm()
  await write(undefined, 'none')
  expect(alarm.next()).toBeUndefined()
  for (let count = 0; count < TIMES_MAX; count++) await write(START + 20_000 + count * 100, 'same')
  await write(START + 10_000)
  expect(alarm.next()).toBe(START + 20_000)
})
