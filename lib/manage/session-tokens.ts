import { jwtVerify, SignJWT } from 'jose'
import { ArgosyError } from '../fault/fault.ts'
import type { Ports } from '../reconcile/ports.ts'
import { createSigningKey, getSigningKey } from '../state/sessions.ts'
import { digestText } from '../std/digest.ts'

/** How long a login lasts (Argo CD's `users.session.duration`). */
export const SESSION_MS = 24 * 3_600_000
const ISSUER = 'argocd'
const PURPOSE = 'signing-key'

export interface SessionClaims {
  readonly account: string
  readonly tokenId: string
  readonly issuedAt: number
  readonly expiresAt: number
}

/**
 * The tenant's signing key, made on first use. Its randomness is that of the ids port, of which
 * four make more than the 256 bits that HS256 takes.
 */
export async function openSigningKey(
  ports: Pick<Ports, 'state' | 'secrets' | 'ids'>,
  tenant: string,
): Promise<Uint8Array> {
  let sealed = await getSigningKey(ports.state, tenant)
  if (sealed === undefined) {
    const key = digestText(Array.from({ length: 4 }, () => ports.ids.next()).join())
    await createSigningKey(ports.state, tenant, await ports.secrets.seal(tenant, PURPOSE, key))
    // Another process may have been first: what is stored counts.
    sealed = await getSigningKey(ports.state, tenant)
  }
  if (sealed === undefined) throw new Error(`signing key of tenant ${tenant} was not kept`)
  return new TextEncoder().encode(await ports.secrets.open(tenant, PURPOSE, sealed))
}

/** A session token as Argo CD's (1.18): HS256, `sub` is `<account>:login`; `aud` names the tenant. */
export function signToken(
  key: Uint8Array,
  tenant: string,
  claims: SessionClaims & { readonly now: number },
): Promise<string> {
  return new SignJWT({
    iss: ISSUER,
    sub: `${claims.account}:login`,
    aud: tenant,
    iat: seconds(claims.issuedAt),
    nbf: seconds(claims.now),
    exp: seconds(claims.expiresAt),
    jti: claims.tokenId,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(key)
}

/** Throws `Unauthenticated` for a token that is forged, ended, or was made for another tenant. */
export async function verifyToken(
  key: Uint8Array,
  tenant: string,
  request: { readonly token: string; readonly now: number },
): Promise<SessionClaims> {
  try {
    const { payload } = await jwtVerify(request.token, key, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: tenant,
      currentDate: new Date(request.now),
      requiredClaims: ['sub', 'iat', 'exp', 'jti'],
    })
    const { sub = '', jti = '', iat = 0, exp = 0 } = payload
    const [account = '', capability] = sub.split(':')
    if (capability !== 'login') throw new Error('token is not a session token')
    return { account, tokenId: jti, issuedAt: iat * 1000, expiresAt: exp * 1000 }
  } catch (error) {
    throw new ArgosyError(
      { code: 'Unauthenticated', message: `invalid session: ${reasonOf(error)}` },
      { cause: error },
    )
  }
}

const seconds = (time: number): number => Math.floor(time / 1000)

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ERR_JWT_EXPIRED' ? 'token has expired' : 'token is not valid here'
}
