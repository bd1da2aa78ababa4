import type { Context } from 'hono'
import type { Caller } from '../../lib/access/caller.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import type { ManagePorts } from '../../lib/manage/manage-ports.ts'
import type { Sessions } from '../../lib/manage/sessions.ts'
import type { BuildInfo } from '../../lib/manage/version.ts'

export interface ApiOptions {
  /** Where people reach this server; shown in links. */
  readonly url: string
  readonly build?: BuildInfo
  /**
   * How long a stream may last; 0 where responses are buffered: then it tells the present state
   * and ends (argocd.md 3.9).
   */
  readonly streamMs?: number
  /** Lets whoever holds the data folder ask for the initial password. Without it, nobody can. */
  readonly operatorToken?: string
}

/** What routes work with. */
export interface Api {
  readonly ports: ManagePorts
  readonly sessions: Sessions
  readonly options: ApiOptions
  readonly streamMs: number
}

export interface ApiEnv {
  readonly Variables: {
    tenant: string
    /** Absent: not logged in. */
    caller: Caller | undefined
    /** Why the token that came along is not accepted. */
    refusal: unknown
  }
}

export type ApiContext = Context<ApiEnv>

/** Who asks; throws `Unauthenticated` for somebody who is not logged in. */
export function callerOf(c: ApiContext): Caller {
  const caller = c.get('caller')
  if (caller !== undefined) return caller
  throw (
    c.get('refusal') ??
    new ArgosyError({ code: 'Unauthenticated', message: 'no session information' })
  )
}
