import { applicationKey, decodeApplication, dueShardOf, seenAttribute } from './application-item.ts'
import { getApplication } from './applications.ts'
import type { Condition, Scalar, State } from './port.ts'
import { type ApplicationRecord, type Documents, LOOK_LEVELS, type Summary } from './records.ts'

/**
 * What the worker writes: leases and commits, each one conditional update that bears the fence
 * (law 2). `round` grows with each, so whoever decided on an older round is refused.
 */

/** How long one step may hold an Application; longer than any step, shorter than patience. */
export const LEASE_MS = 30_000

/**
 * How long after its lease a worker that nobody heard of may still create an object (law 3): the
 * longest a function runs, and some. A deletion waits for it, because no later look would find
 * what it leaves behind.
 */
export const LATE_WRITE_MS = 180_000

/**
 * Takes the lease before *act*, and with it makes the inventory durable. The record it was taken
 * on must still be the newest round; an expired lease of somebody else is taken over.
 * Answers the record with the new fence, otherwise as it was looked at: what was asked for or changed
 * since then is not part of this round, so its commit must not call it done (law 1).
 * `undefined` when another worker was faster.
 */
export async function takeLease(
  state: State,
  record: ApplicationRecord,
  request: { readonly owner: string; readonly now: number; readonly documents: Documents },
): Promise<ApplicationRecord | undefined> {
  const item = await state.update(record.tenant, applicationKey(record.name), {
    set: {
      leaseOwner: request.owner,
      leaseUntil: request.now + LEASE_MS,
      documents: JSON.stringify(request.documents),
      due: request.now + LEASE_MS,
      dueShard: dueShardOf(record.tenant, record.name),
      ...strayUntil(record, request.now),
    },
    add: { round: 1, version: 1 },
    condition: isRound(record),
  })
  const taken =
    item === undefined
      ? await ownLease(state, record, request.owner)
      : decodeApplication(record.tenant, item)
  if (taken === undefined) return undefined
  const { version, seen, due = request.now } = taken
  return { ...record, version, seen, due }
}

/** A lease that was taken although the answer got lost: the SDK asked again, and was refused. */
async function ownLease(
  state: State,
  record: ApplicationRecord,
  owner: string,
): Promise<ApplicationRecord | undefined> {
  const now = await getApplication(state, record.tenant, record.name)
  const isOwn = now?.uid === record.uid && now.seen.lease?.owner === owner
  return isOwn ? now : undefined
}

/** Everything that a round makes true. */
export interface Commit {
  readonly summary: Summary
  readonly documents: Documents
  /** The operation that goes on after this commit. */
  readonly running?: string
  /** The requested operation that this round took up. */
  readonly taken?: string
  /** When to look again; absent: only when somebody asks. */
  readonly due?: number
  readonly now: number
}

/**
 * The one commit point of a round. Ends the lease. What was asked for meanwhile keeps the
 * Application due at once. Answers the record as it is now, `undefined` when the fence was lost.
 */
export async function commitRound(
  state: State,
  record: ApplicationRecord,
  commit: Commit,
): Promise<ApplicationRecord | undefined> {
  const nothingNew: Condition = { attribute: 'wanted_look', equals: record.wanted.look }
  const done = await write(state, record, {
    commit,
    due: commit.due,
    condition: { all: [isRound(record), nothingNew] },
  })
  if (done !== undefined) return done

  const newer = await getApplication(state, record.tenant, record.name)
  if (newer === undefined || newer.seen.round !== record.seen.round) return undefined
  return write(state, record, { commit, due: commit.now, condition: isRound(record) })
}

/** Removes the Application's item as the last act of a deletion. False when the fence was lost. */
export const removeApplication = (state: State, record: ApplicationRecord): Promise<boolean> =>
  state.delete(record.tenant, applicationKey(record.name), isRound(record))

/**
 * Whose lease ran out never said that he is done. Whatever ends such a lease notes until when he may
 * still write, because a deletion has to outwait him.
 */
const strayUntil = (
  { seen: { lease } }: ApplicationRecord,
  now: number,
): Readonly<Record<string, number>> =>
  lease === undefined || lease.until > now ? {} : { strayUntil: lease.until + LATE_WRITE_MS }

const isRound = (record: ApplicationRecord): Condition => ({
  all: [
    { attribute: 'uid', equals: record.uid },
    record.seen.round === 0
      ? { attribute: 'round', exists: false }
      : { attribute: 'round', equals: record.seen.round },
  ],
})

interface Write {
  readonly commit: Commit
  readonly due: number | undefined
  readonly condition: Condition
}

async function write(
  state: State,
  record: ApplicationRecord,
  { commit, due, condition }: Write,
): Promise<ApplicationRecord | undefined> {
  const set: Record<string, Scalar> = {
    summary: JSON.stringify(commit.summary),
    documents: JSON.stringify(commit.documents),
    seenGeneration: record.generation,
    ...strayUntil(record, commit.now),
  }
  for (const level of LOOK_LEVELS) set[seenAttribute(level)] = record.wanted[level]
  const remove = ['leaseOwner', 'leaseUntil']

  if (due === undefined) remove.push('due', 'dueShard')
  else Object.assign(set, { due, dueShard: dueShardOf(record.tenant, record.name) })
  if (commit.running === undefined) remove.push('running')
  else set['running'] = commit.running
  if (commit.taken !== undefined) set['taken'] = commit.taken

  const item = await state.update(record.tenant, applicationKey(record.name), {
    set,
    remove,
    add: { round: 1, version: 1 },
    condition,
  })
  return item === undefined ? undefined : decodeApplication(record.tenant, item)
}
