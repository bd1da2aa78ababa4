import type { Caller } from '../access/caller.ts'
import type { ApplicationRef } from './find-application.ts'
import type { ManagePorts } from './manage-ports.ts'
import { getResourceTree, type ResourceTreeJson } from './resource-tree.ts'
import type { WatchOptions } from './watch-applications.ts'

/** The tree at every look; the door leaves out those that say nothing new. */
export async function* watchResourceTree(
  ports: ManagePorts,
  caller: Caller,
  ref: ApplicationRef,
  options: Omit<WatchOptions, 'resourceVersion'>,
): AsyncGenerator<ResourceTreeJson, void> {
  while (!options.signal.aborted) {
    yield await getResourceTree(ports, caller, ref)
    if (ports.clock.now() >= options.until) return
    await ports.sleep(options.pollMs)
  }
}
