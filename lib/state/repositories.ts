import { count, dueShardOf, json, optionalText, present } from './application-item.ts'
import type { Condition, Item, ItemKey, State } from './port.ts'
import type { RepositoryRecord } from './records.ts'

/** Repositories that Applications use, with what was last seen of their refs (law 5). */

const PARTITION = 'REPOS'
const repositoryKey = (url: string): ItemKey => ({ pk: PARTITION, sk: url })

export const repositoryOfKey = (key: ItemKey): string | undefined =>
  key.pk === PARTITION ? key.sk : undefined

export async function getRepository(
  state: State,
  tenant: string,
  url: string,
): Promise<RepositoryRecord | undefined> {
  const item = await state.get(tenant, repositoryKey(url))
  return item === undefined ? undefined : decode(tenant, item)
}

/**
 * Begins a check: numbers it and makes the next one due, in one write. A check that dies is simply
 * followed by the next. `undefined` when nothing uses the repository any more.
 */
export async function beginCheck(
  state: State,
  tenant: string,
  url: string,
  due: number,
): Promise<RepositoryRecord | undefined> {
  const item = await state.update(tenant, repositoryKey(url), {
    set: dueAt(tenant, url, due),
    add: { check: 1 },
    condition: IS_THERE,
  })
  return item === undefined ? undefined : decode(tenant, item)
}

/**
 * Numbers an observation that somebody makes for himself. It leaves the checks' own time alone:
 * only a check tells the others what moved, so it must not be put off. One write, two when the
 * repository is new; then its first check is due at `due`.
 */
export async function beginObservation(
  state: State,
  tenant: string,
  url: string,
  due: number,
): Promise<RepositoryRecord> {
  const add = { check: 1 }
  const key = repositoryKey(url)
  const item =
    (await state.update(tenant, key, { add, condition: IS_THERE })) ??
    (await state.update(tenant, key, { set: dueAt(tenant, url, due), add }))
  return decode(tenant, item ?? key)
}

const dueAt = (tenant: string, url: string, due: number) => ({
  due,
  dueShard: dueShardOf(tenant, url),
})

/** Makes it known that the repository is used, so that nobody forgets it. */
export async function touchRepository(state: State, tenant: string, url: string): Promise<void> {
  await state.update(tenant, repositoryKey(url), { add: { check: 1 }, condition: IS_THERE })
}

const IS_THERE: Condition = { attribute: 'check', exists: true }

export type RefsObservation = Pick<RepositoryRecord, 'refs' | 'left' | 'suspected' | 'announced'>

/**
 * Records what check number `check` saw. False when it does not stand: a later check was faster,
 * or, with `onlyAfter`, any other check has recorded something since; or the repository is
 * forgotten, and must not come back as a record that nothing makes due. `due` brings the next check
 * forward, because there is something to tell.
 */
export async function recordRefs(
  state: State,
  record: RepositoryRecord,
  seen: RefsObservation,
  { onlyAfter, due }: { readonly onlyAfter?: number; readonly due?: number } = {},
): Promise<boolean> {
  const item = await state.update(record.tenant, repositoryKey(record.url), {
    set: {
      refs: JSON.stringify(seen.refs),
      left: JSON.stringify(seen.left),
      suspected: JSON.stringify(seen.suspected),
      announced: JSON.stringify(seen.announced),
      refsCheck: record.check,
      ...(due === undefined ? {} : dueAt(record.tenant, record.url, due)),
    },
    remove: ['error'],
    condition: {
      all: [
        IS_THERE,
        {
          any: [
            ...(onlyAfter === undefined || onlyAfter === 0
              ? [{ attribute: 'refsCheck', exists: false } as const]
              : []),
            onlyAfter === undefined
              ? { attribute: 'refsCheck', below: record.check }
              : { attribute: 'refsCheck', equals: onlyAfter },
          ],
        },
      ],
    },
  })
  return item !== undefined
}

/** Notes that every Application was woken for these refs; until then the next check does it again. */
export async function recordAnnounced(
  state: State,
  record: RepositoryRecord,
  refs: RepositoryRecord['refs'],
): Promise<void> {
  await state.update(record.tenant, repositoryKey(record.url), {
    set: { announced: JSON.stringify(refs) },
    condition: { attribute: 'refsCheck', equals: record.refsCheck },
  })
}

/** Notes why a check failed, unless a later one has begun. */
export async function recordRepositoryError(
  state: State,
  record: RepositoryRecord,
  error: string,
): Promise<void> {
  await state.update(record.tenant, repositoryKey(record.url), {
    set: { error },
    condition: { attribute: 'check', equals: record.check },
  })
}

/** Makes a check due now. False when nothing uses the repository. */
export async function wakeRepository(
  state: State,
  tenant: string,
  url: string,
  now: number,
): Promise<boolean> {
  const item = await state.update(tenant, repositoryKey(url), {
    set: dueAt(tenant, url, now),
    condition: IS_THERE,
  })
  return item !== undefined
}

/** Forgets a repository that nothing uses any more; the check that was current is the proof. */
export const removeRepository = (state: State, record: RepositoryRecord): Promise<boolean> =>
  state.delete(record.tenant, repositoryKey(record.url), {
    attribute: 'check',
    equals: record.check,
  })

function decode(tenant: string, item: Item | ItemKey): RepositoryRecord {
  const stored: Item = { ...item }
  return {
    tenant,
    url: stored.sk,
    ...present('due', stored['due'] === undefined ? undefined : count(stored, 'due')),
    check: count(stored, 'check'),
    refsCheck: count(stored, 'refsCheck'),
    refs: json<RepositoryRecord['refs']>(stored, 'refs') ?? {},
    announced: json<RepositoryRecord['announced']>(stored, 'announced') ?? {},
    left: json<RepositoryRecord['left']>(stored, 'left') ?? {},
    suspected: json<RepositoryRecord['suspected']>(stored, 'suspected') ?? {},
    ...present('error', optionalText(stored, 'error')),
  }
}
