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
 * Begins a check: numbers it and makes the next one due at `due`, in one write that may also create
 * the record; `undefined` when it may not and there is none: nothing uses the repository any more.
 * A check that dies is simply followed by the next.
 */
export async function beginCheck(
  state: State,
  tenant: string,
  url: string,
  { due, mayCreate }: { readonly due: number; readonly mayCreate: boolean },
): Promise<RepositoryRecord | undefined> {
  const item = await state.update(tenant, repositoryKey(url), {
    set: { due, dueShard: dueShardOf(tenant, url) },
    add: { check: 1 },
    ...(mayCreate ? {} : { condition: IS_THERE }),
  })
  return item === undefined ? undefined : decode(tenant, item)
}

/** Makes it known that the repository is used, so that nobody forgets it. */
export async function touchRepository(state: State, tenant: string, url: string): Promise<void> {
  await state.update(tenant, repositoryKey(url), { add: { check: 1 }, condition: IS_THERE })
}

const IS_THERE: Condition = { attribute: 'check', exists: true }

export type RefsObservation = Pick<RepositoryRecord, 'refs' | 'left' | 'suspected' | 'announced'>

/**
 * Records what check number `check` saw. False when it does not stand: a later check was faster,
 * or, with `onlyAfter`, any other check has recorded something since; or the repository is
 * forgotten, and must not come back as a record that nothing makes due.
 */
export async function recordRefs(
  state: State,
  record: RepositoryRecord,
  seen: RefsObservation,
  onlyAfter?: number,
): Promise<boolean> {
  const item = await state.update(record.tenant, repositoryKey(record.url), {
    set: {
      refs: JSON.stringify(seen.refs),
      left: JSON.stringify(seen.left),
      suspected: JSON.stringify(seen.suspected),
      announced: JSON.stringify(seen.announced),
      refsCheck: record.check,
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

/** Makes a check due now: a webhook or a person says that something was pushed. */
export async function wakeRepository(
  state: State,
  tenant: string,
  url: string,
  now: number,
): Promise<boolean> {
  const item = await state.update(tenant, repositoryKey(url), {
    set: { due: now, dueShard: dueShardOf(tenant, url) },
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
