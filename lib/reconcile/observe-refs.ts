import { ArgosyError, describeFault, faultOf } from '../fault/fault.ts'
import type { Ref } from '../git/port.ts'
import type { RepositoryRecord } from '../state/records.ts'
import {
  beginCheck,
  beginObservation,
  getRepository,
  recordRefs,
  recordRepositoryError,
  type RefsObservation,
} from '../state/repositories.ts'
import type { Ports } from './ports.ts'

/** How many commits a ref is remembered to have left; going back to one is doubted once (law 5). */
const LEFT_MAX = 5

/** How often a ref that is new to us is asked for anew because other checks recorded meanwhile. */
export const ASK_FIRST_ATTEMPTS_MAX = 4

/**
 * Asks the repository where its refs point, with one request, and stores the answer under the
 * number of this check. `also` names refs that nobody watched so far. Answers the newest record,
 * which is another check's if that one began later; `undefined` when nothing uses the repository.
 * A ref that moved costs the two commits, too.
 * Throws what Git throws, and `Conflict` when other checks are always faster.
 */
export async function observeRefs(
  ports: Ports,
  tenant: string,
  url: string,
  also: readonly string[] = [],
): Promise<RepositoryRecord | undefined> {
  for (let attempt = 0; attempt < ASK_FIRST_ATTEMPTS_MAX; attempt++) {
    const observed = await observeOnce(ports, tenant, url, also)
    if (observed !== 'overtaken') return observed
  }
  const message = `repository ${url} is being checked by many at once; it will be tried again`
  throw new ArgosyError({ code: 'Conflict', message })
}

async function observeOnce(
  ports: Ports,
  tenant: string,
  url: string,
  also: readonly string[],
): Promise<RepositoryRecord | undefined | 'overtaken'> {
  const { state } = ports
  const isCheck = also.length === 0
  const next = ports.clock.now() + ports.intervals.repositoryMs
  const record = isCheck
    ? await beginCheck(state, tenant, url, next)
    : await beginObservation(state, tenant, url, next)
  if (record === undefined) return undefined
  const names = [...new Set([...Object.keys(record.refs), ...also])]

  let seen: RefsObservation | undefined
  try {
    const listed = await ports.git.listRefs(tenant, { url }, names)
    const backwards = await backwardRefs(ports, record, listed)
    seen = judgeRefs(record, { names, listed, backwards })
  } catch (error) {
    await recordRepositoryError(ports.state, record, describeFault(faultOf(error)))
    throw error
  }
  if (seen === undefined) return record
  // A ref that is new to us counts as announced to the one who asked; that must not hide from
  // somebody else that it moved between his look and this one.
  const asksFirst = names.some((name) => record.refs[name] === undefined)
  const isUntold = !isCheck && names.some((name) => seen.refs[name] !== seen.announced[name])
  const stands = await recordRefs(state, record, seen, {
    ...(asksFirst ? { onlyAfter: record.refsCheck } : {}),
    ...(isUntold ? { due: ports.clock.now() } : {}),
  })
  if (stands) {
    // The others are told by a check (law 1): it is due now, and this hint says so.
    if (isUntold) await ports.queue.send('repo', [{ tenant, name: url }])
    return { ...record, ...seen, refsCheck: record.check }
  }
  return asksFirst ? 'overtaken' : ((await getRepository(ports.state, tenant, url)) ?? record)
}

/**
 * Refs that seem to go back in time: a host's replica that lags answers what was true before, even
 * a commit that we never saw. Who moved on from a commit read it, so this costs what the next
 * stages would have to ask for anyway.
 */
async function backwardRefs(
  ports: Ports,
  record: RepositoryRecord,
  listed: readonly Ref[],
): Promise<ReadonlySet<string>> {
  const backwards = new Set<string>()
  for (const { name, commit } of listed) {
    const before = record.refs[name] ?? ''
    if (before === '' || before === commit || record.suspected[name] === commit) continue
    const [was, is] = [await dateOf(ports, record, before), await dateOf(ports, record, commit)]
    if (was !== undefined && is !== undefined && is < was) backwards.add(name)
  }
  return backwards
}

/** Committer's time; `undefined` for a commit that the host has dropped, as after a force push. */
async function dateOf(
  ports: Ports,
  { tenant, url }: RepositoryRecord,
  commit: string,
): Promise<number | undefined> {
  try {
    return (await ports.git.commitInfo(tenant, { url }, commit)).date
  } catch (error) {
    if (faultOf(error).code === 'RevisionNotFound') return undefined
    throw error
  }
}

/** What a check found out. */
export interface ListedRefs {
  readonly names: readonly string[]
  readonly listed: readonly Ref[]
  /** Refs whose commit is older than the one that they pointed to. */
  readonly backwards: ReadonlySet<string>
}

/**
 * What the answer means, given what was known: '' stands for a ref that is not there. A ref that
 * goes back in time, or to a commit it left, keeps its place until a second look says the same.
 * `undefined` when there is nothing to store.
 */
export function judgeRefs(
  record: RepositoryRecord,
  { names, listed, backwards }: ListedRefs,
): RefsObservation | undefined {
  const commits = new Map(listed.map((ref) => [ref.name, ref.commit]))
  const refs: Record<string, string> = {}
  const left: Record<string, readonly string[]> = { ...record.left }
  const suspected: Record<string, string> = {}
  const announced: Record<string, string> = { ...record.announced }

  for (const name of names) {
    const before = record.refs[name]
    const now = commits.get(name) ?? ''
    // Whoever asked for a ref for the first time is also the only one to be told about it.
    if (before === undefined) announced[name] = now
    const wentBack = before !== now && (backwards.has(name) || (left[name] ?? []).includes(now))
    if (before !== undefined && wentBack && record.suspected[name] !== now) {
      refs[name] = before
      suspected[name] = now
      continue
    }
    refs[name] = now
    if (before !== undefined && before !== '' && before !== now) {
      left[name] = [before, ...(left[name] ?? []).filter((commit) => commit !== now)].slice(
        0,
        LEFT_MAX,
      )
    }
  }
  const seen = { refs, left, suspected, announced }
  const isNews =
    record.error !== undefined ||
    JSON.stringify([record.refs, record.suspected]) !== JSON.stringify([refs, suspected])
  return isNews ? seen : undefined
}
