import { expect, test } from 'vitest'
import { changePassword, createAccount, getAccount, listAccounts } from './accounts.ts'
import { createMemoryState } from './memory-state.ts'
import type { AccountRecord } from './records.ts'

const anAccount = (overrides: Partial<AccountRecord> = {}): AccountRecord => ({
  tenant: 'acme',
  name: 'admin',
  passwordHash: 'h1',
  passwordSince: 0,
  capabilities: ['login', 'apiKey'],
  initialPassword: 'sealed',
  ...overrides,
})

test('an account is created once', async () => {
  const state = createMemoryState()
  expect(await createAccount(state, anAccount())).toBe(true)
  expect(await createAccount(state, anAccount({ passwordHash: 'h2' }))).toBe(false)
  expect(await getAccount(state, 'acme', 'admin')).toEqual(anAccount())
  expect(await getAccount(state, 'umbrella', 'admin')).toBeUndefined()
})

test('a change forgets the initial password, and of two that race one wins', async () => {
  const state = createMemoryState()
  await createAccount(state, anAccount())
  const change = (passwordHash: string) =>
    changePassword(state, anAccount(), { passwordHash, passwordSince: 5 })
  expect(await Promise.all([change('h2'), change('h3')])).toEqual([true, false])
  const { initialPassword: _, ...rest } = anAccount({ passwordHash: 'h2', passwordSince: 5 })
  expect(await getAccount(state, 'acme', 'admin')).toEqual(rest)
})

test('nobody changes the password of an account that is not there', async () => {
  const state = createMemoryState()
  const change = { passwordHash: 'h2', passwordSince: 5 }
  expect(await changePassword(state, anAccount(), change)).toBe(false)
})

test('accounts are listed by name', async () => {
  const state = createMemoryState()
  for (const name of ['b', 'a']) await createAccount(state, anAccount({ name }))
  expect((await listAccounts(state, 'acme')).map(({ name }) => name)).toEqual(['a', 'b'])
})
