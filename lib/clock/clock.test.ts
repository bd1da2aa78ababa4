import { expect, test } from 'vitest'
import { createManualClock, createSequentialIds } from './manual-clock.ts'
import { createRandomIds, createSystemClock } from './system-clock.ts'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('the system clock tells the time of the machine', () => {
  const before = Date.now()
  const now = createSystemClock().now()
  expect([now >= before, now <= Date.now()]).toEqual([true, true])
})

test('a manual clock stands still until it is moved, either way', () => {
  const clock = createManualClock(1_000)
  const seen = [clock.now(), clock.now()]
  clock.advance(500)
  seen.push(clock.now())
  clock.set(200)
  seen.push(clock.now())
  expect(seen).toEqual([1_000, 1_000, 1_500, 200])
})

test.for([
  ['random', createRandomIds(), createRandomIds()],
  ['sequential', createSequentialIds(1), createSequentialIds(0xffff_ffff)],
] as const)('%s ids are UUIDs and differ', ([, one, other]) => {
  const ids = Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? one : other).next())
  expect(ids.filter((id) => !UUID_V4.test(id))).toEqual([])
  expect(new Set(ids).size).toBe(300)
})

test('a sequence repeats from its seed', () => {
  const read = () => {
    const ids = createSequentialIds(7)
    return [ids.next(), ids.next()]
  }
  expect(read()).toEqual(read())
  expect(read()[1]).toBe('00000007-0000-4000-8000-000000000002')
})
