import { ADMIN, authorize } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import type { Ports } from '../reconcile/ports.ts'
import { createAccount, getAccount } from '../state/accounts.ts'
import { digestText } from '../std/digest.ts'
import { hashPassword } from './sessions.ts'

const PURPOSE = 'initial-password'
const PASSWORD_LENGTH = 16

/**
 * Makes the `admin` account of a tenant with a generated password, unless it exists. Answers the
 * initial password for as long as it was not changed; `undefined` afterwards.
 */
export async function ensureAdmin(ports: Ports, tenant: string): Promise<string | undefined> {
  if ((await getAccount(ports.state, tenant, ADMIN)) === undefined) {
    const password = generatePassword(ports)
    await createAccount(ports.state, {
      tenant,
      name: ADMIN,
      passwordHash: await hashPassword(password),
      passwordSince: 0,
      capabilities: ['login'],
      initialPassword: await ports.secrets.seal(tenant, PURPOSE, password),
    })
  }
  // Another process may have been first: what is stored counts.
  return readInitialPassword(ports, tenant)
}

/** Throws `PermissionDenied` unless the caller may read accounts. */
export async function initialPassword(ports: Ports, caller: Caller): Promise<string | undefined> {
  authorize(caller, 'accounts', 'get', ADMIN)
  return readInitialPassword(ports, caller.tenant)
}

async function readInitialPassword(ports: Ports, tenant: string): Promise<string | undefined> {
  const sealed = (await getAccount(ports.state, tenant, ADMIN))?.initialPassword
  return sealed === undefined ? undefined : ports.secrets.open(tenant, PURPOSE, sealed)
}

/** 16 characters of 64 kinds: 96 bits, from the ids port, the only source of randomness here. */
function generatePassword(ports: Ports): string {
  const seed = digestText(Array.from({ length: 4 }, () => ports.ids.next()).join())
  const bytes = Array.from({ length: PASSWORD_LENGTH }, (_, index) =>
    Number.parseInt(seed.slice(index * 2, index * 2 + 2), 16),
  )
  return bytes.map((byte) => LETTERS[byte % LETTERS.length]).join('')
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
