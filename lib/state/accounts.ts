import { count, optionalText, present, text } from './application-item.ts'
import type { Item, ItemKey, State } from './port.ts'
import { queryAll } from './query-all.ts'
import type { AccountRecord } from './records.ts'

/** Local accounts: few per tenant, so that one query lists them. */

const PARTITION = 'ACCOUNTS'
const accountKey = (name: string): ItemKey => ({ pk: PARTITION, sk: name })

export async function getAccount(
  state: State,
  tenant: string,
  name: string,
): Promise<AccountRecord | undefined> {
  const item = await state.get(tenant, accountKey(name))
  return item === undefined ? undefined : decode(tenant, item)
}

export async function listAccounts(
  state: State,
  tenant: string,
): Promise<readonly AccountRecord[]> {
  const items = await queryAll(state, tenant, { pk: PARTITION })
  return items.map((item) => decode(tenant, item))
}

/** False when the account exists already; then nothing was changed. */
export function createAccount(state: State, account: AccountRecord): Promise<boolean> {
  const item: Item = {
    ...accountKey(account.name),
    passwordHash: account.passwordHash,
    passwordSince: account.passwordSince,
    capabilities: account.capabilities.join(' '),
    ...present('initialPassword', account.initialPassword),
  }
  return state.put(account.tenant, item, { attribute: 'passwordHash', exists: false })
}

/** Forgets the initial password in the same write. False when somebody else changed it meanwhile. */
export async function changePassword(
  state: State,
  account: AccountRecord,
  change: Pick<AccountRecord, 'passwordHash' | 'passwordSince'>,
): Promise<boolean> {
  const item = await state.update(account.tenant, accountKey(account.name), {
    set: { passwordHash: change.passwordHash, passwordSince: change.passwordSince },
    remove: ['initialPassword'],
    condition: { attribute: 'passwordHash', equals: account.passwordHash },
  })
  return item !== undefined
}

const decode = (tenant: string, item: Item): AccountRecord => ({
  tenant,
  name: item.sk,
  passwordHash: text(item, 'passwordHash'),
  passwordSince: count(item, 'passwordSince'),
  capabilities: text(item, 'capabilities').split(' '),
  ...present('initialPassword', optionalText(item, 'initialPassword')),
})
