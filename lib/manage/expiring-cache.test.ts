import { expect, test } from 'vitest'
import { createManualClock } from '../clock/manual-clock.ts'
import { createExpiringCache } from './expiring-cache.ts'

test('entries end by themselves', () => {
  const clock = createManualClock(0)
  const cache = createExpiringCache<string>(clock, { entries: 2, milliseconds: 10 })
  cache.set('a', '1')
  clock.advance(9)
  expect(cache.get('a')).toBe('1')
  clock.advance(1)
  expect(cache.get('a')).toBeUndefined()
})

test('the oldest entry makes room', () => {
  const cache = createExpiringCache<string>(createManualClock(0), { entries: 2, milliseconds: 10 })
  for (const key of ['a', 'b', 'c']) cache.set(key, key)
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([undefined, 'b', 'c'])
})

test('what is stale is forgotten at once', () => {
  const cache = createExpiringCache<string>(createManualClock(0), { entries: 9, milliseconds: 10 })
  for (const key of ['a', 'b']) cache.set(key, key)
  cache.forget((value) => value === 'a')
  expect(['a', 'b'].map((key) => cache.get(key))).toEqual([undefined, 'b'])
})
