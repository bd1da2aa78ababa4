import type { Hint, QueueName } from '../queue/port.ts'
import { applicationOfKey, DUE_SHARDS } from '../state/application-item.ts'
import { clusterOfKey } from '../state/clusters.ts'
import type { DueEntry, ItemKey } from '../state/port.ts'
import { repositoryOfKey } from '../state/repositories.ts'
import type { Ports } from './ports.ts'

/** Entries read of one shard in one go; what is left over is still due the next time. */
export const DUE_PER_SHARD_MAX = 500
/** A hint that was sent is believed to be under way for so long. */
export const HINT_LIFE_MS = 30_000

export interface DuePoller {
  /** Sends a hint for everything that is due; answers how many. One query a shard. */
  enqueueDue(): Promise<number>
}

/**
 * The sweep over what is due (law 1): it starts repository checks and cluster sweeps, and heals
 * every lost hint. It remembers what it hinted at for a while, so that a slow queue is not flooded;
 * forgetting that, as a fresh Lambda does, costs only duplicates.
 */
export function createDuePoller(ports: Pick<Ports, 'state' | 'queue' | 'clock'>): DuePoller {
  const hinted = new Map<string, number>()

  return {
    async enqueueDue() {
      const now = ports.clock.now()
      forgetOld(hinted, now)
      const shards = await Promise.all(
        Array.from({ length: DUE_SHARDS }, (_, shard) =>
          ports.state.dueNow(shard, now, DUE_PER_SHARD_MAX),
        ),
      )
      const fresh = shards.flat().filter((entry) => !hinted.has(nameOf(entry)))
      const hints = byQueue(fresh)
      for (const [queue, list] of hints) await ports.queue.send(queue, list)
      for (const entry of fresh) hinted.set(nameOf(entry), now)
      return fresh.length
    },
  }
}

function byQueue(entries: readonly DueEntry[]): ReadonlyMap<QueueName, readonly Hint[]> {
  const hints = new Map<QueueName, Hint[]>()
  for (const { tenant, key } of entries) {
    const subject = subjectOf(key)
    if (subject === undefined) continue
    const list = hints.get(subject.queue) ?? []
    list.push({ tenant, name: subject.name })
    hints.set(subject.queue, list)
  }
  return hints
}

function subjectOf(key: ItemKey): { readonly queue: QueueName; readonly name: string } | undefined {
  const kinds = [
    ['app', applicationOfKey(key)],
    ['repo', repositoryOfKey(key)],
    ['cluster', clusterOfKey(key)],
  ] as const
  for (const [queue, name] of kinds) if (name !== undefined) return { queue, name }
  return undefined
}

/** The same item due at another time is another entry. */
const nameOf = ({ tenant, key, due }: DueEntry): string => [tenant, key.pk, key.sk, due].join('\n')

function forgetOld(hinted: Map<string, number>, now: number): void {
  for (const [name, at] of hinted) if (now - at > HINT_LIFE_MS) hinted.delete(name)
}
