import { sourcesOf } from '../app/application.ts'
import { ArgosyError, faultOf } from '../fault/fault.ts'
import { cleanPath } from '../source/path.ts'
import { normaliseRepoUrl } from '../source/repo-url.ts'
import type { ApplicationRecord } from '../state/records.ts'
import {
  addSubscriptions,
  hasSubscribers,
  isSubscribable,
  removeSubscriptions,
  type Subscriber,
  type Subscription,
  SUBSCRIPTION_BYTES_MAX,
} from '../state/subscriptions.ts'
import { getRepository, removeRepository, touchRepository } from '../state/repositories.ts'
import type { Ports } from './ports.ts'

/**
 * Makes the Application known to the checks of its repositories. It stands before the first stage,
 * so that even a source that cannot be resolved yet is woken by the commit that mends it. Throws
 * `InvalidArgument` when a source's names are too long to be kept.
 */
export async function subscribe(ports: Ports, record: ApplicationRecord): Promise<void> {
  const tooLong = sensibleSources(record).find((subscription) => !isSubscribable(subscription))
  if (tooLong !== undefined) {
    const message = `application source's revision and path are too long: ${tooLong.ref} ${tooLong.path}; ${SUBSCRIPTION_BYTES_MAX} bytes are the most`
    throw new ArgosyError({ code: 'InvalidArgument', message })
  }
  const wanted = subscriptionsOf(record)
  const before = record.seen.summary?.subscriptions ?? []
  const add = without(wanted, before)
  if (add.length === 0) return
  await addSubscriptions(ports.state, record.tenant, subscriberOf(record), add)
  // Whoever is about to forget a repository because nobody used it is refused from now on.
  for (const repo of new Set(add.map((subscription) => subscription.repo))) {
    await touchRepository(ports.state, record.tenant, repo)
  }
}

/** Drops what the committed round does not want any more, and repositories that nobody uses. */
export async function unsubscribe(
  ports: Ports,
  record: ApplicationRecord,
  stale: readonly Subscription[],
): Promise<void> {
  if (stale.length === 0) return
  const { tenant } = record
  await removeSubscriptions(ports.state, tenant, subscriberOf(record), stale)
  for (const repo of new Set(stale.map((subscription) => subscription.repo))) {
    const known = await getRepository(ports.state, tenant, repo)
    if (known !== undefined && !(await hasSubscribers(ports.state, tenant, repo))) {
      await removeRepository(ports.state, known)
    }
  }
}

/** What the spec subscribes to; a source that names no sensible place subscribes to nothing. */
export const subscriptionsOf = (record: Named): readonly Subscription[] =>
  sensibleSources(record).filter(isSubscribable)

type Named = Pick<ApplicationRecord, 'name' | 'spec'>

const subscriberOf = ({ uid, generation }: ApplicationRecord): Subscriber => ({ uid, generation })

function sensibleSources(record: Named): readonly Subscription[] {
  return sourcesOf(record.spec).flatMap((source) => {
    try {
      const ref =
        source.targetRevision === undefined || source.targetRevision === ''
          ? 'HEAD'
          : source.targetRevision
      return [
        {
          repo: normaliseRepoUrl(source.repoURL),
          ref,
          path: cleanPath(source.path),
          app: record.name,
        },
      ]
    } catch (error) {
      const { code } = faultOf(error)
      if (code === 'InvalidArgument' || code === 'Unimplemented') return []
      throw error
    }
  })
}

export const without = (
  subscriptions: readonly Subscription[],
  others: readonly Subscription[],
): readonly Subscription[] => {
  const known = new Set(others.map(textOf))
  return subscriptions.filter((subscription) => !known.has(textOf(subscription)))
}

const textOf = ({ repo, ref, path, app }: Subscription): string => [repo, ref, path, app].join('\n')
