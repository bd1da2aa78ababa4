import type { ItemKey, State } from './port.ts'

/** What sessions need to be remembered: the signing key, tokens logged out, failed logins. */

const SIGNING_KEY: ItemKey = { pk: 'SETTINGS', sk: 'signing-key' }

/** The sealed signing key; `undefined` before the tenant's first start. */
export async function getSigningKey(state: State, tenant: string): Promise<string | undefined> {
  const item = await state.get(tenant, SIGNING_KEY)
  return item === undefined ? undefined : String(item['sealed'])
}

/** False when the tenant has a key already: the first one stays. */
export const createSigningKey = (state: State, tenant: string, sealed: string): Promise<boolean> =>
  state.put(tenant, { ...SIGNING_KEY, sealed }, { attribute: 'sealed', exists: false })

const revokedKey = (tokenId: string): ItemKey => ({ pk: 'REVOKED', sk: tokenId })

/** `expires` (epoch seconds) lets DynamoDB forget the entry when the token would have ended anyway. */
export async function revokeToken(
  state: State,
  tenant: string,
  token: { readonly id: string; readonly expiresAt: number },
): Promise<void> {
  await state.put(tenant, { ...revokedKey(token.id), expires: Math.ceil(token.expiresAt / 1000) })
}

export const isRevoked = async (state: State, tenant: string, tokenId: string): Promise<boolean> =>
  (await state.get(tenant, revokedKey(tokenId))) !== undefined

/** Failures within this window count together (Argo CD 1.18). */
export const LOGIN_WINDOW_MS = 300_000

const loginsKey = (account: string): ItemKey => ({ pk: 'LOGINS', sk: account })

export interface LoginAttempt {
  readonly account: string
  readonly now: number
  /** Attempts that one window allows. */
  readonly attemptsMax: number
}

/**
 * Counts an attempt as a failure before anybody knows whether it is one, so that many at once cannot
 * all be the first. False when the window has had its share; the first attempt after a window has
 * ended opens the next.
 */
export async function countLoginAttempt(
  state: State,
  tenant: string,
  { account, now, attemptsMax }: LoginAttempt,
): Promise<boolean> {
  const key = loginsKey(account)
  const since = { attribute: 'since', below: now - LOGIN_WINDOW_MS + 1 } as const
  const opened = await state.update(tenant, key, {
    set: { since: now, failures: 1 },
    condition: { any: [{ attribute: 'since', exists: false }, since] },
  })
  if (opened !== undefined) return true
  const counted = await state.update(tenant, key, {
    add: { failures: 1 },
    condition: {
      any: [
        // A success meanwhile has forgotten all.
        { attribute: 'failures', exists: false },
        { attribute: 'failures', below: attemptsMax },
      ],
    },
  })
  return counted !== undefined
}

export async function forgetLoginFailures(
  state: State,
  tenant: string,
  account: string,
): Promise<void> {
  await state.delete(tenant, loginsKey(account))
}
