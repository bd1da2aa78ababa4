import { hash } from 'bcryptjs'
import { beforeEach, expect, test } from 'vitest'
import { createMemoryPlatform, type MemoryPlatform } from '../../test/builders/memory-platform.ts'
import { createAccount, getAccount } from '../state/accounts.ts'
import type { AccountRecord } from '../state/records.ts'
import { LOGIN_WINDOW_MS } from '../state/sessions.ts'
import { ensureAdmin, initialPassword } from './ensure-admin.ts'
import { SESSION_MS } from './session-tokens.ts'
import {
  createSessions,
  LOGIN_FAILURES_MAX,
  SESSION_CACHE_MS,
  type Sessions,
  USERNAME_BYTES_MAX,
} from './sessions.ts'

const PASSWORD = 'correct horse'
/** The cheapest hash there is: these tests are about sessions. */
const HASH = await hash(PASSWORD, 4)
const ann = { username: 'ann', password: PASSWORD }

let platform: MemoryPlatform
let sessions: Sessions

beforeEach(async () => {
  platform = await createMemoryPlatform()
  sessions = createSessions(platform.ports)
  for (const tenant of ['acme', 'umbrella']) {
    await createAccount(platform.ports.state, anAccount({ tenant }))
  }
})

const anAccount = (overrides: Partial<AccountRecord> = {}): AccountRecord => ({
  tenant: 'acme',
  name: 'ann',
  passwordHash: HASH,
  passwordSince: 0,
  capabilities: ['login'],
  ...overrides,
})

const stored = async (): Promise<AccountRecord> => {
  const account = await getAccount(platform.ports.state, 'acme', 'ann')
  if (account === undefined) throw new Error('the account is gone')
  return account
}

test('a token says who bears it, for which tenant and how long', async () => {
  const token = await sessions.login('acme', ann)
  const now = platform.clock.now()
  expect(await sessions.authenticate('acme', token)).toEqual({
    tenant: 'acme',
    subject: 'ann',
    issuedAt: now,
    expiresAt: now + SESSION_MS,
    tokenId: expect.any(String),
  })
})

test('a token has the claims that clients of Argo CD read', async () => {
  const [, payload = ''] = (await sessions.login('acme', ann)).split('.')
  const iat = platform.clock.now() / 1000
  expect(JSON.parse(atob(payload))).toEqual({
    iss: 'argocd',
    sub: 'ann:login',
    aud: 'acme',
    iat,
    nbf: iat,
    exp: iat + 86_400,
    jti: expect.any(String),
  })
})

test.for([
  [{ username: '', password: '' }, 'no credentials supplied'],
  [{ username: 'ann', password: '' }, 'Blank passwords are not allowed'],
  [{ username: 'ann', password: 'wrong' }, 'Invalid username or password'],
  [
    { username: 'x'.repeat(USERNAME_BYTES_MAX + 1), password: 'x' },
    `Username is too long (${USERNAME_BYTES_MAX} bytes max)`,
  ],
] as const)('%j is refused: %s', async ([credentials, message]) => {
  await expect(sessions.login('acme', credentials)).rejects.toThrow(message)
})

test('somebody unknown is refused in the same words', async () => {
  const stranger = { username: 'bob', password: PASSWORD }
  await expect(sessions.login('acme', stranger)).rejects.toThrow('Invalid username or password')
})

test('an account that may not log in does not', async () => {
  const robot = anAccount({ name: 'robot', capabilities: ['apiKey'] })
  await createAccount(platform.ports.state, robot)
  const login = sessions.login('acme', { username: 'robot', password: PASSWORD })
  await expect(login).rejects.toThrow('account robot does not have login capability')
})

test('after too many failures even the right password is refused, until the window ends', async () => {
  const wrong = { username: 'ann', password: 'wrong' }
  for (let i = 0; i < LOGIN_FAILURES_MAX; i++) {
    await expect(sessions.login('acme', wrong)).rejects.toThrow()
  }
  await expect(sessions.login('acme', ann)).rejects.toThrow('Invalid username or password')
  await expect(sessions.login('umbrella', ann), 'the other tenant').resolves.toBeDefined()
  platform.clock.advance(LOGIN_WINDOW_MS)
  await expect(sessions.login('acme', ann)).resolves.toBeDefined()
})

test('guesses made all at once are not more than the same ones in a row', async () => {
  const guesses = [...Array(3 * LOGIN_FAILURES_MAX).keys()].map((index) => ({
    username: 'ann',
    // The right one comes late: it must not be looked at any more.
    password: index < LOGIN_FAILURES_MAX ? `wrong ${index}` : PASSWORD,
  }))
  const tried = await Promise.allSettled(guesses.map((guess) => sessions.login('acme', guess)))
  expect(tried.filter(({ status }) => status === 'fulfilled')).toEqual([])
})

test('a success forgets the failures before it', async () => {
  const wrong = { username: 'ann', password: 'wrong' }
  for (let i = 0; i < 2 * LOGIN_FAILURES_MAX; i++) {
    if (i % (LOGIN_FAILURES_MAX - 1) === 0) await sessions.login('acme', ann)
    await expect(sessions.login('acme', wrong)).rejects.toThrow()
  }
  await expect(sessions.login('acme', ann)).resolves.toBeDefined()
})

test('a token of one tenant is nothing to another', async () => {
  const token = await sessions.login('acme', ann)
  await expect(sessions.authenticate('umbrella', token)).rejects.toThrow('token is not valid here')
})

test('a token ends', async () => {
  const token = await sessions.login('acme', ann)
  await sessions.authenticate('acme', token)
  platform.clock.advance(SESSION_MS)
  await expect(sessions.authenticate('acme', token)).rejects.toThrow('token has expired')
})

test('a forged token is refused', async () => {
  const [header = '', payload = '', signature = ''] = (await sessions.login('acme', ann)).split('.')
  const claims = { ...(JSON.parse(atob(payload)) as object), sub: 'admin:login' }
  const forged = btoa(JSON.stringify(claims)).replaceAll('=', '')
  const unsigned = btoa('{"alg":"none"}').replaceAll('=', '')
  for (const token of [`${header}.${forged}.${signature}`, `${unsigned}.${forged}.`, 'nonsense']) {
    await expect(sessions.authenticate('acme', token)).rejects.toThrow('token is not valid here')
  }
})

test('logging out ends the token at once here, and within the cache time elsewhere', async () => {
  const elsewhere = createSessions(platform.ports)
  const token = await sessions.login('acme', ann)
  const caller = await sessions.authenticate('acme', token)
  await elsewhere.authenticate('acme', token)

  await sessions.logout(caller)
  await expect(sessions.authenticate('acme', token)).rejects.toThrow('token is revoked')
  await expect(elsewhere.authenticate('acme', token)).resolves.toEqual(caller)
  platform.clock.advance(SESSION_CACHE_MS)
  await expect(elsewhere.authenticate('acme', token)).rejects.toThrow('token is revoked')
})

test('a new password refuses every older token, even one of the same second', async () => {
  const old = await sessions.login('acme', ann)
  await sessions.changePassword(await stored(), 'new password')
  const fresh = await sessions.login('acme', { username: 'ann', password: 'new password' })
  await expect(sessions.authenticate('acme', fresh)).resolves.toMatchObject({ subject: 'ann' })
  await expect(sessions.authenticate('acme', old)).rejects.toThrow('password has changed')

  await sessions.changePassword(await stored(), 'newer password')
  await expect(sessions.authenticate('acme', fresh)).rejects.toThrow('password has changed')
  const latest = await sessions.login('acme', { username: 'ann', password: 'newer password' })
  await expect(sessions.authenticate('acme', latest)).resolves.toMatchObject({ subject: 'ann' })
})

test('of two changes that race, one is told', async () => {
  const account = await stored()
  await sessions.changePassword(account, 'first password')
  const second = sessions.changePassword(account, 'second password')
  await expect(second).rejects.toThrow('changed by somebody else meanwhile')
})

test('the initial password works, is shown again, and is gone once changed', async () => {
  const first = await ensureAdmin(platform.ports, 'acme')
  expect(first).toMatch(/^[\w-]{16}$/)
  expect(await ensureAdmin(platform.ports, 'acme')).toBe(first)
  expect(await ensureAdmin(platform.ports, 'umbrella')).not.toBe(first)
  await sessions.login('acme', { username: 'admin', password: first ?? '' })

  const admin = await getAccount(platform.ports.state, 'acme', 'admin')
  expect(JSON.stringify(admin)).not.toContain(first)
  await sessions.changePassword(admin ?? anAccount(), 'new password')
  expect(await ensureAdmin(platform.ports, 'acme')).toBeUndefined()
})

test('only the operator and admin may read the initial password', async () => {
  const asked = initialPassword(platform.ports, { tenant: 'acme', subject: 'ann' })
  await expect(asked).rejects.toThrow('permission denied: accounts, get, admin, sub: ann')
})
