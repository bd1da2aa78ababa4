import { count, text } from './application-item.ts'
import type { Item, ItemKey, State } from './port.ts'
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

/** Whose subscriptions they are: an Application, as of one generation of its spec. */
export interface Subscriber {
  readonly uid: string
  readonly generation: number
}

/** The sort key of an item may have so many bytes; the repository is half of a partition key. */
export const SUBSCRIPTION_BYTES_MAX = 1024

/** Whether the names of a subscription are short enough to be kept. */
export const isSubscribable = (subscription: Subscription): boolean =>
  [toKey(subscription).sk, subscription.repo].every(
    (text) => new TextEncoder().encode(text).length <= SUBSCRIPTION_BYTES_MAX,
  )

/** Adds subscriptions. One that is stale, from a paused worker, costs wasted wakes. */
export async function addSubscriptions(
  state: State,
  tenant: string,
  { uid, generation }: Subscriber,
  subscriptions: readonly Subscription[],
): Promise<void> {
  const writes = subscriptions.map((subscription) => ({
    put: { ...toKey(subscription), uid, generation },
  }))
  if (writes.length > 0) await state.writeMany(tenant, writes)
}

/**
 * Removes subscriptions that this Application does not want any more. What it subscribed to again
 * under a newer spec, or what another Application of its name did, stays. One request each.
 */
export async function removeSubscriptions(
  state: State,
  tenant: string,
  { uid, generation }: Subscriber,
  subscriptions: readonly Subscription[],
): Promise<void> {
  for (const subscription of subscriptions) {
    await state.delete(tenant, toKey(subscription), {
      all: [
        { attribute: 'uid', equals: uid },
        { attribute: 'generation', below: generation + 1 },
      ],
    })
  }
}

/** Applications subscribed to one directory of a ref; with `path` undefined, to any directory. */
export async function subscribersOf(
  state: State,
  tenant: string,
  repo: string,
  { ref, path }: { readonly ref: string; readonly path?: string },
): Promise<readonly (Subscription & Subscriber)[]> {
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

const toKey = ({ repo, ref, path, app }: Subscription): ItemKey => ({
  pk: partition(repo),
  sk: [ref, path, app].join(SEPARATOR),
})

function decode(repo: string, item: Item): Subscription & Subscriber {
  const [ref = '', path = '', app = ''] = item.sk.split(SEPARATOR)
  return { repo, ref, path, app, uid: text(item, 'uid'), generation: count(item, 'generation') }
}
