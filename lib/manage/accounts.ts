import { authorize, isAllowed } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { ArgosyError } from '../fault/fault.ts'
import { getAccount as readAccount, listAccounts as readAccounts } from '../state/accounts.ts'
import type { AccountRecord } from '../state/records.ts'
import type { ManagePorts } from './manage-ports.ts'
import { isPasswordOf, type Sessions } from './sessions.ts'

export interface AccountJson {
  readonly name: string
  readonly enabled: boolean
  readonly capabilities: readonly string[]
}

export interface UserInfoJson {
  readonly loggedIn?: boolean
  readonly username?: string
  readonly iss?: string
  readonly groups?: readonly string[]
}

/** Never an error: somebody who is not logged in learns just that. */
export const userInfo = (caller: Caller | undefined): UserInfoJson =>
  caller === undefined ? {} : { loggedIn: true, username: caller.subject, iss: 'argocd' }

export async function listAccounts(
  ports: Pick<ManagePorts, 'state'>,
  caller: Caller,
): Promise<readonly AccountJson[]> {
  const accounts = await readAccounts(ports.state, caller.tenant)
  return accounts
    .filter(({ name }) => isAllowed(caller, 'accounts', 'get', name))
    .map(presentAccount)
}

export async function getAccount(
  ports: Pick<ManagePorts, 'state'>,
  caller: Caller,
  name: string,
): Promise<AccountJson> {
  authorize(caller, 'accounts', 'get', name)
  return presentAccount(await existing(ports, caller.tenant, name))
}

export interface PasswordChange {
  /** Whose password; the caller's own when empty. */
  readonly name: string
  /** The caller's own current password, whoever's is changed. */
  readonly currentPassword: string
  readonly newPassword: string
}

/** Changes a password and ends every session of that account (argocd.md 2.4). */
export async function updatePassword(
  ports: Pick<ManagePorts, 'state'>,
  sessions: Sessions,
  caller: Caller,
  change: PasswordChange,
): Promise<void> {
  const name = change.name === '' ? caller.subject : change.name
  if (name !== caller.subject) authorize(caller, 'accounts', 'update', name)
  const own = await existing(ports, caller.tenant, caller.subject)
  if (!(await isPasswordOf(own, change.currentPassword))) {
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: 'current password does not match',
    })
  }
  const account = name === own.name ? own : await existing(ports, caller.tenant, name)
  await sessions.changePassword(account, change.newPassword)
}

async function existing(
  ports: Pick<ManagePorts, 'state'>,
  tenant: string,
  name: string,
): Promise<AccountRecord> {
  const account = await readAccount(ports.state, tenant, name)
  if (account !== undefined) return account
  throw new ArgosyError({ code: 'NotFound', kind: 'account', name })
}

const presentAccount = ({ name, capabilities }: AccountRecord): AccountJson => ({
  name,
  enabled: true,
  capabilities,
})
