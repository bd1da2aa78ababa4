import { keyText } from '../manifest/key.ts'
import type { InventoryEntry } from '../state/documents.ts'
import { LATE_WRITE_MS } from '../state/rounds.ts'
import type { ComparedResource, Task } from '../sync/task.ts'

/** Pause before it is made sure that pruned objects are gone. */
export const CONFIRM_WAIT_MS = 1_000

/**
 * The inventory after a look at `server` that began at `now`. What is not on the cluster any more
 * keeps its entry for `LATE_WRITE_MS`: a worker that was paused may still create it once (law 3),
 * and only what the inventory names can be pruned with proof (law 7). Entries of other clusters
 * were not looked at and stay.
 */
export const inventoryAfterLook = (
  inventory: readonly InventoryEntry[],
  resources: readonly Pick<ComparedResource, 'key'>[],
  { server, now }: { readonly server: string; readonly now: number },
): readonly InventoryEntry[] => {
  const there = new Set(resources.map(({ key }) => keyText(key)))
  return inventory.flatMap((entry) => {
    if (entry.server !== server) return [entry]
    const { goneSince = now, ...rest } = entry
    if (there.has(keyText(entry.key))) return [rest]
    return now < goneSince + LATE_WRITE_MS ? [{ ...rest, goneSince }] : []
  })
}

/** The inventory that has to be durable before the tasks are run on `server` (law 7). */
export const inventoryWith = (
  inventory: readonly InventoryEntry[],
  tasks: readonly Task[],
  server: string,
): readonly InventoryEntry[] => {
  const applied = tasks
    .filter((task) => task.target !== undefined)
    .map(({ key, version }) => ({ key, version, server }))
  return [
    ...new Map(
      [...inventory, ...applied].map((entry) => [`${entry.server} ${keyText(entry.key)}`, entry]),
    ).values(),
  ]
}

/** When the entries of `server` without a live object have to be looked at again. */
export function inventoryDue(
  inventory: readonly InventoryEntry[],
  resources: readonly Pick<ComparedResource, 'key'>[],
  { server, now }: { readonly server: string; readonly now: number },
): number | undefined {
  const there = new Set(resources.map(({ key }) => keyText(key)))
  const times = inventory
    .filter((entry) => entry.server === server && !there.has(keyText(entry.key)))
    .map(({ goneSince }) =>
      goneSince === undefined ? now + CONFIRM_WAIT_MS : goneSince + LATE_WRITE_MS,
    )
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
}
