import type { Caller } from '../access/caller.ts'
import { getApplication as readApplication, wake } from '../state/applications.ts'
import type { ApplicationRecord, LookLevel } from '../state/records.ts'
import type { ApplicationJson } from './application-json.ts'
import { type ApplicationRef, findApplication, missing } from './find-application.ts'
import { type ManagePorts, sendHint } from './manage-ports.ts'
import { presentWhole } from './read-application.ts'

/** How thoroughly the caller wants the Application looked at before he gets it. */
export type Refresh = 'normal' | 'hard'

/** A gateway cuts requests off after 29 s; what is known then is answered (argocd.md 3.9). */
export const REFRESH_WAIT_MS_MAX = 20_000
/** Most looks take a moment; who waits for a long one asks less and less often. */
export const REFRESH_POLL_MS = { first: 50, max: 500 } as const

/** The Application as it is, or with `refresh` as it is after a look that began after this call. */
export async function getApplication(
  ports: ManagePorts,
  caller: Caller,
  ref: ApplicationRef,
  refresh?: Refresh,
): Promise<ApplicationJson> {
  const record = await findApplication(ports, caller, ref, 'get')
  const seen = refresh === undefined ? record : await refreshed(ports, record, LEVELS[refresh])
  return presentWhole(ports, seen)
}

const LEVELS = { normal: 'refresh', hard: 'hard' } as const satisfies Record<Refresh, LookLevel>

async function refreshed(
  ports: ManagePorts,
  { tenant, name }: ApplicationRecord,
  level: LookLevel,
): Promise<ApplicationRecord> {
  const now = ports.clock.now()
  let record = await wake(ports.state, tenant, name, { level, now })
  if (record === undefined) throw missing(name)
  const wanted = record.wanted[level]
  await sendHint(ports, 'app', { tenant, name })

  let pause: number = REFRESH_POLL_MS.first
  while (record.seen.looks[level] < wanted && ports.clock.now() < now + REFRESH_WAIT_MS_MAX) {
    await ports.sleep(pause)
    pause = Math.min(2 * pause, REFRESH_POLL_MS.max)
    record = await readApplication(ports.state, tenant, name)
    if (record === undefined) throw missing(name)
  }
  return record
}
