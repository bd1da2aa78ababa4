import type { Item, State } from './port.ts'
import { queryAll } from './query-all.ts'

/**
 * Who is to be woken when a directory of a repository changes: one item per (repository, ref,
 * path, Application), sorted so that a changed directory finds its Applications by one query.
 */
export interface Subscription {
  readonly repo: string
  /** As Applications name it: a branch, a tag, `HEAD`. */
  readonly ref: string
  /** Directory within the repository; '' is the root. */
  readonly path: string
  readonly app: string
}

/** Subscriptions live while their Application points at them; a stale one costs one wasted wake. */
export async function changeSubscriptions(
  state: State,
  tenant: string,
  change: { readonly add: readonly Subscription[]; readonly remove: readonly Subscription[] },
): Promise<void> {
  const writes = [
    ...change.add.map((subscription) => ({ put: toItem(subscription) })),
    ...change.remove.map((subscription) => ({ delete: toItem(subscription) })),
  ]
  if (writes.length > 0) await state.writeMany(tenant, writes)
}

/** Applications subscribed to one directory of a ref; with `path` undefined, to any directory. */
export async function subscribersOf(
  state: State,
  tenant: string,
  repo: string,
  { ref, path }: { readonly ref: string; readonly path?: string },
): Promise<readonly Subscription[]> {
  const items = await queryAll(state, tenant, {
    pk: partition(repo),
    skPrefix: path === undefined ? `${ref}${SEPARATOR}` : `${ref}${SEPARATOR}${path}${SEPARATOR}`,
  })
  return items.map((item) => decode(repo, item))
}

/** Whether any Application uses the repository. One request. */
export async function hasSubscribers(state: State, tenant: string, repo: string): Promise<boolean> {
  const page = await state.query(tenant, { pk: partition(repo), limit: 1 })
  return page.items.length > 0
}

/** Neither a ref nor a path may contain a line break (git-check-ref-format; our own path check). */
const SEPARATOR = '\n'

const partition = (repo: string): string => `SUBS#${repo}`

const toItem = ({ repo, ref, path, app }: Subscription): Item => ({
  pk: partition(repo),
  sk: [ref, path, app].join(SEPARATOR),
})

function decode(repo: string, item: Item): Subscription {
  const [ref = '', path = '', app = ''] = item.sk.split(SEPARATOR)
  return { repo, ref, path, app }
}
