import { faultOf, traitsOf } from '../fault/fault.ts'
import { mapPool } from '../std/pool.ts'
import { wake } from '../state/applications.ts'
import type { RepositoryRecord } from '../state/records.ts'
import { recordAnnounced } from '../state/repositories.ts'
import {
  removeSubscriptions,
  type Subscriber,
  subscribersOf,
  type Subscription,
} from '../state/subscriptions.ts'
import { observeRefs } from './observe-refs.ts'
import type { Ports } from './ports.ts'

/** Up to here each changed directory is asked for by itself; beyond, all subscribers are read. */
export const DIRECTORY_QUERIES_MAX = 16
const WAKES_AT_ONCE = 16

/**
 * Looks where the refs of a repository point and wakes the Applications whose directory changed.
 * Idle it costs one write and one `ls-refs`. Whom to wake follows from `refs` and `announced`, so
 * a check that dies half-way is done again by the next one.
 */
export async function checkRepository(ports: Ports, tenant: string, url: string): Promise<void> {
  let record: RepositoryRecord | undefined
  try {
    record = await observeRefs(ports, tenant, url)
  } catch (error) {
    // Noted on the repository, and the next check is due already.
    const fault = faultOf(error)
    ports.log.error('repository.check-failed', { tenant, url, code: fault.code })
    if (traitsOf(fault).blame === 'user') return
    throw error
  }

  if (record === undefined) return
  const moved = Object.keys(record.refs).filter((ref) => record.refs[ref] !== record.announced[ref])
  if (moved.length === 0) return
  const touched: (Subscription & Subscriber)[] = []
  for (const ref of moved) touched.push(...(await subscriptionsTouchedBy(ports, record, ref)))
  const woken = await wakeAll(ports, tenant, touched)
  await recordAnnounced(ports.state, record, record.refs)
  ports.log.info('repository.changed', { tenant, url, refs: moved, woken })
}

/** Wakes each subscriber once; a subscription that outlived its Application is removed. */
async function wakeAll(
  ports: Ports,
  tenant: string,
  touched: readonly (Subscription & Subscriber)[],
): Promise<number> {
  const now = ports.clock.now()
  const apps = [...new Set(touched.map(({ app }) => app))]
  const isThere = await mapPool(apps, WAKES_AT_ONCE, async (name) => {
    const record = await wake(ports.state, tenant, name, { level: 'look', now })
    return record !== undefined
  })
  const woken = apps.filter((_, index) => isThere[index])
  await ports.queue.send(
    'app',
    woken.map((name) => ({ tenant, name })),
  )
  const orphans = touched.filter(({ app }) => !woken.includes(app))
  for (const orphan of orphans) await removeSubscriptions(ports.state, tenant, orphan, [orphan])
  return woken.length
}

async function subscriptionsTouchedBy(
  ports: Ports,
  record: RepositoryRecord,
  ref: string,
): Promise<readonly (Subscription & Subscriber)[]> {
  const directories = await changedDirectories(ports, record, ref)
  const isAsked = directories !== undefined && directories.length <= DIRECTORY_QUERIES_MAX
  const paths = isAsked ? directories : [undefined]
  const changed = directories === undefined ? undefined : new Set(directories)

  const touched: (Subscription & Subscriber)[] = []
  for (const alias of aliasesOf(ref)) {
    for (const path of paths) {
      const query = { ref: alias, ...(path === undefined ? {} : { path }) }
      const found = await subscribersOf(ports.state, record.tenant, record.url, query)
      touched.push(...found.filter((sub) => changed?.has(sub.path) ?? true))
    }
  }
  return touched
}

/** Directories that differ; `undefined` when it cannot be known and everyone has to be woken. */
async function changedDirectories(
  ports: Ports,
  record: RepositoryRecord,
  ref: string,
): Promise<readonly string[] | undefined> {
  const from = record.announced[ref] ?? ''
  const to = record.refs[ref] ?? ''
  if (from === '' || to === '') return undefined
  try {
    return await ports.git.changedDirectories(record.tenant, { url: record.url }, from, to)
  } catch (error) {
    // After a force push the host may have dropped the old commit: then nothing can be ruled out.
    if (faultOf(error).code === 'RevisionNotFound') return undefined
    throw error
  }
}

/** The ways in which an Application may have named a ref as its target revision. */
const aliasesOf = (ref: string): readonly string[] => [
  ref,
  ...(ref.startsWith('refs/heads/') || ref.startsWith('refs/tags/')
    ? [ref.split('/').slice(2).join('/')]
    : []),
]
