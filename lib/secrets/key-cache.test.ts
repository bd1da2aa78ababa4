import { expect, test } from 'vitest'
import { createManualClock } from '../clock/manual-clock.ts'
import { createKeyCache, KEY_TTL_MS, KEYS_MAX } from './key-cache.ts'

/** A cache of numbers that count how often something was made. */
function aCache() {
  const clock = createManualClock(1_000)
  let made = 0
  const cache = createKeyCache<number>(clock)
  return { clock, ask: (name: string) => cache(name, async () => ++made) }
}

test('a key is made once until its time is over', async () => {
  const { clock, ask } = aCache()
  const seen = await Promise.all([ask('a'), ask('a'), ask('b')])
  clock.advance(KEY_TTL_MS - 1)
  seen.push(await ask('a'))
  clock.advance(1)
  seen.push(await ask('a'))
  expect(seen).toEqual([1, 1, 2, 1, 3])
})

test('beyond the limit the oldest is forgotten', async () => {
  const { ask } = aCache()
  for (let index = 1; index <= KEYS_MAX; index++) await ask(`${index}`)
  expect(await ask('1')).toBe(1)
  await ask('one more')
  expect([await ask('2'), await ask('1')]).toEqual([2, KEYS_MAX + 2])
})

test('a failure is told to all who wait, and not remembered', async () => {
  const cache = createKeyCache<number>(createManualClock(0))
  const fail = () => cache('a', () => Promise.reject(new Error('no')))
  expect((await Promise.allSettled([fail(), fail()])).map(({ status }) => status)).toEqual([
    'rejected',
    'rejected',
  ])
  expect(await cache('a', async () => 1)).toBe(1)
})
