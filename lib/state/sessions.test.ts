import { expect, test } from 'vitest'
import { createMemoryState } from './memory-state.ts'
import {
  countLoginFailure,
  createSigningKey,
  forgetLoginFailures,
  getSigningKey,
  isRevoked,
  LOGIN_WINDOW_MS,
  loginFailures,
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

test('failures count within a window, and the next one opens another', async () => {
  const state = createMemoryState()
  const at = (now: number) => ({ account: 'ann', now })
  for (const now of [1000, 2000, 1000 + LOGIN_WINDOW_MS - 1]) {
    await countLoginFailure(state, 'acme', at(now))
  }
  expect(await loginFailures(state, 'acme', at(1000 + LOGIN_WINDOW_MS - 1))).toBe(3)
  expect(await loginFailures(state, 'acme', at(1000 + LOGIN_WINDOW_MS))).toBe(0)
  await countLoginFailure(state, 'acme', at(1000 + LOGIN_WINDOW_MS))
  expect(await loginFailures(state, 'acme', at(1000 + LOGIN_WINDOW_MS))).toBe(1)
  await forgetLoginFailures(state, 'acme', 'ann')
  expect(await loginFailures(state, 'acme', at(1000 + LOGIN_WINDOW_MS))).toBe(0)
})
