import { keyText } from '../manifest/key.ts'
import type { InventoryEntry } from '../state/documents.ts'
import { LATE_WRITE_MS } from '../state/rounds.ts'
import type { ComparedResource, Task } from '../sync/task.ts'

/** Pause before it is made sure that pruned objects are gone. */
export const CONFIRM_WAIT_MS = 1_000

/**
 * The inventory after a look that began at `now`. What is not on the cluster any more keeps its
 * entry for `LATE_WRITE_MS`: a worker that was paused may still create it once (law 3), and only
 * what the inventory names can be pruned with proof (law 7).
 */
export const inventoryAfterLook = (
  inventory: readonly InventoryEntry[],
  resources: readonly Pick<ComparedResource, 'key'>[],
  now: number,
): readonly InventoryEntry[] => {
  const there = new Set(resources.map(({ key }) => keyText(key)))
  return inventory.flatMap(({ key, version, goneSince = now }) => {
    if (there.has(keyText(key))) return [{ key, version }]
    return now < goneSince + LATE_WRITE_MS ? [{ key, version, goneSince }] : []
  })
}

/** The inventory that has to be durable before the tasks are run (law 7). */
export const inventoryWith = (
  inventory: readonly InventoryEntry[],
  tasks: readonly Task[],
): readonly InventoryEntry[] => {
  const applied = tasks
    .filter((task) => task.target !== undefined)
    .map(({ key, version }) => ({ key, version }))
  return [
    ...new Map([...inventory, ...applied].map((entry) => [keyText(entry.key), entry])).values(),
  ]
}

/** When the entries without a live object have to be looked at again. */
export function inventoryDue(
  inventory: readonly InventoryEntry[],
  resources: readonly Pick<ComparedResource, 'key'>[],
  now: number,
): number | undefined {
  const there = new Set(resources.map(({ key }) => keyText(key)))
  const times = inventory
    .filter(({ key }) => !there.has(keyText(key)))
    .map(({ goneSince }) =>
      goneSince === undefined ? now + CONFIRM_WAIT_MS : goneSince + LATE_WRITE_MS,
    )
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
}
