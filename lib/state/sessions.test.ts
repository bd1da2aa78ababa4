import { expect, test } from 'vitest'
import { createMemoryState } from './memory-state.ts'
import {
  countLoginAttempt,
  createSigningKey,
  forgetLoginFailures,
  getSigningKey,
  isRevoked,
  LOGIN_WINDOW_MS,
  revokeToken,
} from './sessions.ts'

test('the first signing key stays', async () => {
  const state = createMemoryState()
  expect(await getSigningKey(state, 'acme')).toBeUndefined()
  expect(await createSigningKey(state, 'acme', 'k1')).toBe(true)
  expect(await createSigningKey(state, 'acme', 'k2')).toBe(false)
  expect(await getSigningKey(state, 'acme')).toBe('k1')
})

test('a revoked token is revoked for its tenant', async () => {
  const state = createMemoryState()
  await revokeToken(state, 'acme', { id: 't', expiresAt: 1500 })
  expect(await isRevoked(state, 'acme', 't')).toBe(true)
  expect(await isRevoked(state, 'umbrella', 't')).toBe(false)
})

test('a window has its attempts, and the next one opens another', async () => {
  const state = createMemoryState()
  const isCounted = (now: number) =>
    countLoginAttempt(state, 'acme', { account: 'ann', now, attemptsMax: 2 })
  const end = 1000 + LOGIN_WINDOW_MS
  expect(await isCounted(1000)).toBe(true)
  expect(await isCounted(2000)).toBe(true)
  expect(await isCounted(end - 1)).toBe(false)
  expect(await isCounted(end)).toBe(true)
  expect(await isCounted(end)).toBe(true)
  expect(await isCounted(end)).toBe(false)
  await forgetLoginFailures(state, 'acme', 'ann')
  expect(await isCounted(end)).toBe(true)
})

test('of attempts made at once no more are counted than of those in a row', async () => {
  const state = createMemoryState()
  const attempt = { account: 'ann', now: 1000, attemptsMax: 5 }
  const counted = await Promise.all(
    Array.from({ length: 20 }, () => countLoginAttempt(state, 'acme', attempt)),
  )
  expect(counted.filter(Boolean)).toHaveLength(5)
})
