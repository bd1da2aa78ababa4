import { sourcesOf } from '../app/application.ts'
import { faultOf } from '../fault/fault.ts'
import { cleanPath } from '../source/path.ts'
import { normaliseRepoUrl } from '../source/repo-url.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { changeSubscriptions, hasSubscribers, type Subscription } from '../state/subscriptions.ts'
import { getRepository, removeRepository } from '../state/repositories.ts'
import type { Ports } from './ports.ts'

/**
 * Makes the Application known to the checks of its repositories. It stands before the first stage,
 * so that even a source that cannot be resolved yet is woken by the commit that mends it.
 */
export async function subscribe(ports: Ports, record: ApplicationRecord): Promise<void> {
  const wanted = subscriptionsOf(record)
  const before = record.seen.summary?.subscriptions ?? []
  const add = without(wanted, before)
  if (add.length > 0) await changeSubscriptions(ports.state, record.tenant, { add, remove: [] })
}

/** Drops what the committed round does not want any more, and repositories that nobody uses. */
export async function unsubscribe(
  ports: Ports,
  tenant: string,
  stale: readonly Subscription[],
): Promise<void> {
  if (stale.length === 0) return
  await changeSubscriptions(ports.state, tenant, { add: [], remove: stale })
  for (const repo of new Set(stale.map((subscription) => subscription.repo))) {
    const record = await getRepository(ports.state, tenant, repo)
    if (record !== undefined && !(await hasSubscribers(ports.state, tenant, repo))) {
      await removeRepository(ports.state, record)
    }
  }
}

/** What the spec subscribes to; a source that names no sensible place subscribes to nothing. */
export function subscriptionsOf(record: ApplicationRecord): readonly Subscription[] {
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
