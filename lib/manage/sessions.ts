import { compare, hash } from 'bcryptjs'
import type { Caller } from '../access/caller.ts'
import { checkNewPassword } from '../access/password.ts'
import { ArgosyError } from '../fault/fault.ts'
import type { Ports } from '../reconcile/ports.ts'
import { changePassword, getAccount } from '../state/accounts.ts'
import type { AccountRecord } from '../state/records.ts'
import {
  countLoginAttempt,
  forgetLoginFailures,
  isRevoked,
  revokeToken,
} from '../state/sessions.ts'
import { createExpiringCache } from './expiring-cache.ts'
import { openSigningKey, SESSION_MS, signToken, verifyToken } from './session-tokens.ts'

/** After this many failures in the window, even the right password is refused (Argo CD 1.18). */
export const LOGIN_FAILURES_MAX = 5
export const USERNAME_BYTES_MAX = 32
/** How long another process may go on believing a token that was revoked or outdated. */
export const SESSION_CACHE_MS = 60_000
const SESSIONS_CACHED_MAX = 1000
/** As Argo CD's: about 60 ms of one core. */
const BCRYPT_ROUNDS = 10

export interface Sessions {
  /** Answers a session token. Throws `Unauthenticated` and `InvalidArgument` in Argo CD's words. */
  login(tenant: string, credentials: Credentials): Promise<string>
  /** Who bears this token. Throws `Unauthenticated`. */
  authenticate(tenant: string, token: string): Promise<Caller>
  /** Ends the caller's token for ever. */
  logout(caller: Caller): Promise<void>
  /** Changes the password of an account and refuses every token that it was given before. */
  changePassword(account: AccountRecord, newPassword: string): Promise<void>
}

interface Credentials {
  readonly username: string
  readonly password: string
}

/** Sessions over state, with a short memory so that a request costs no read of the account. */
export function createSessions(ports: Ports): Sessions {
  const keys = new Map<string, Promise<Uint8Array>>()
  const limits = { entries: SESSIONS_CACHED_MAX, milliseconds: SESSION_CACHE_MS }
  const believed = createExpiringCache<Caller>(ports.clock, limits)

  const keyOf = (tenant: string): Promise<Uint8Array> => {
    const known = keys.get(tenant)
    if (known !== undefined) return known
    const opened = openSigningKey(ports, tenant)
    keys.set(tenant, opened)
    opened.catch(() => keys.delete(tenant))
    return opened
  }

  return {
    async login(tenant, credentials) {
      const account = await checkCredentials(ports, tenant, credentials)
      const now = ports.clock.now()
      const issuedAt = issueTime(account, now)
      return signToken(await keyOf(tenant), tenant, {
        account: account.name,
        tokenId: ports.ids.next(),
        issuedAt,
        expiresAt: now + SESSION_MS,
        now,
      })
    },

    async authenticate(tenant, token) {
      const now = ports.clock.now()
      const known = believed.get(`${tenant} ${token}`)
      if (known !== undefined && (known.expiresAt ?? 0) > now) return known
      const claims = await verifyToken(await keyOf(tenant), tenant, { token, now })
      const [account, revoked] = await Promise.all([
        getAccount(ports.state, tenant, claims.account),
        isRevoked(ports.state, tenant, claims.tokenId),
      ])
      if (account === undefined) throw refused(`account ${claims.account} does not exist`)
      if (revoked) throw refused('token is revoked, please re-login')
      if (claims.issuedAt < account.passwordSince) {
        throw refused('account password has changed since token issued')
      }
      const { account: subject, ...rest } = claims
      const caller = { tenant, subject, ...rest }
      believed.set(`${tenant} ${token}`, caller)
      return caller
    },

    async logout(caller) {
      const { tokenId, expiresAt } = caller
      if (tokenId === undefined || expiresAt === undefined) return
      await revokeToken(ports.state, caller.tenant, { id: tokenId, expiresAt })
      believed.forget((known) => known.tokenId === tokenId)
    },

    async changePassword(account, newPassword) {
      checkNewPassword(newPassword)
      const changed = await changePassword(ports.state, account, {
        passwordHash: await hash(newPassword, BCRYPT_ROUNDS),
        passwordSince: nextSince(account, ports.clock.now()),
      })
      if (!changed) {
        throw new ArgosyError({
          code: 'Conflict',
          message: `the password of ${account.name} was changed by somebody else meanwhile`,
        })
      }
      const { tenant, name } = account
      believed.forget((known) => known.tenant === tenant && known.subject === name)
    },
  }
}

export const hashPassword = (password: string): Promise<string> => hash(password, BCRYPT_ROUNDS)

export const isPasswordOf = (account: AccountRecord, password: string): Promise<boolean> =>
  compare(password, account.passwordHash)

/**
 * Tokens carry whole seconds. So that a token made in the very second of a password change is told
 * apart from one made just before it, `passwordSince` is a whole second that no earlier token
 * reaches, and later tokens are issued no earlier than it.
 */
const nextSince = (account: AccountRecord, now: number): number =>
  Math.max(Math.ceil((now + 1) / 1000) * 1000, account.passwordSince + 1000)

const issueTime = (account: AccountRecord, now: number): number =>
  Math.max(Math.floor(now / 1000) * 1000, account.passwordSince)

/** Wrong name, wrong password and too many failures look alike, and take about the same time. */
async function checkCredentials(
  ports: Ports,
  tenant: string,
  { username, password }: Credentials,
): Promise<AccountRecord> {
  if (username === '' && password === '') throw refused('no credentials supplied')
  if (password === '') throw refused('Blank passwords are not allowed')
  if (new TextEncoder().encode(username).length > USERNAME_BYTES_MAX) {
    const message = `Username is too long (${USERNAME_BYTES_MAX} bytes max)`
    throw new ArgosyError({ code: 'InvalidArgument', message })
  }
  const account = await getAccount(ports.state, tenant, username)
  const now = ports.clock.now()
  const attempt = { account: username, now, attemptsMax: LOGIN_FAILURES_MAX }
  // Only accounts that exist are counted, so that strangers cannot fill the table.
  const mayTry = account !== undefined && (await countLoginAttempt(ports.state, tenant, attempt))
  const isRight = await compare(password, account?.passwordHash ?? NOBODYS_HASH)
  if (account !== undefined && isRight && mayTry) {
    await forgetLoginFailures(ports.state, tenant, username)
    if (!account.capabilities.includes('login')) {
      throw refused(`account ${username} does not have login capability`)
    }
    return account
  }
  throw refused('Invalid username or password')
}

/** Hash of a password that nobody knows: compared against when there is no account. */
const NOBODYS_HASH = '$2b$10$HgD11PWYwXWPwH6iw7ahAu39Wmc6Imtw0Fuu.48aSxqXuSUnN1hG2'

const refused = (message: string): ArgosyError =>
  new ArgosyError({ code: 'Unauthenticated', message })
