import { faultOf, describeFault } from '../fault/fault.ts'
import type { Ref } from '../git/port.ts'
import type { RepositoryRecord } from '../state/records.ts'
import {
  beginCheck,
  getRepository,
  recordRefs,
  recordRepositoryError,
  type RefsObservation,
} from '../state/repositories.ts'
import type { Ports } from './ports.ts'

/** How many commits a ref is remembered to have left; going back to one is doubted once (law 5). */
const LEFT_MAX = 5

/**
 * Asks the repository where its refs point, with one request, and stores the answer under the
 * number of this check. `also` names refs that nobody watched so far. Answers the newest record,
 * which is another check's if that one began later. Throws what `listRefs` throws.
 */
export async function observeRefs(
  ports: Ports,
  tenant: string,
  url: string,
  also: readonly string[] = [],
): Promise<RepositoryRecord> {
  const due = ports.clock.now() + ports.intervals.repositoryMs
  const record = await beginCheck(ports.state, tenant, url, due)
  const names = [...new Set([...Object.keys(record.refs), ...also])]

  let listed: readonly Ref[]
  try {
    listed = await ports.git.listRefs(tenant, { url }, names)
  } catch (error) {
    await recordRepositoryError(ports.state, record, describeFault(faultOf(error)))
    throw error
  }

  const seen = judgeRefs(record, names, listed)
  if (seen === undefined) return record
  // A ref that is new to us counts as announced to the one who asked; that must not hide from
  // somebody else that it moved between his look and this one.
  const asksFirst = names.some((name) => record.refs[name] === undefined)
  const stands = await recordRefs(
    ports.state,
    record,
    seen,
    asksFirst ? record.refsCheck : undefined,
  )
  if (stands) return { ...record, ...seen, refsCheck: record.check }
  return asksFirst
    ? observeRefs(ports, tenant, url, also)
    : ((await getRepository(ports.state, tenant, url)) ?? record)
}

/**
 * What the answer means, given what was known: '' stands for a ref that is not there. A ref that
 * goes back to a commit it left keeps its place until a second look says the same.
 * `undefined` when there is nothing to store.
 */
export function judgeRefs(
  record: RepositoryRecord,
  names: readonly string[],
  listed: readonly Ref[],
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
    const wentBack = before !== now && (left[name] ?? []).includes(now)
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
