/** Who asks, as the door found out (token, cookie or neither), and for which tenant. */
export interface Caller {
  readonly tenant: string
  /** Account name; empty for somebody who is not logged in. */
  readonly subject: string
  /** When the token was issued, epoch ms; absent without a token. */
  readonly issuedAt?: number
  /** The token's own id, so that logging out can revoke it. */
  readonly tokenId?: string
  /** When the token ends by itself, epoch ms. */
  readonly expiresAt?: number
}

/**
 * Whoever holds the platform's own data folder. No account can have this name, because account
 * names contain no colon.
 */
export const OPERATOR = 'argosy:operator'
