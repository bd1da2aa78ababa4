import type { Ports } from '../reconcile/ports.ts'
import type { QueueName } from '../queue/port.ts'
import { describeFault, faultOf } from '../fault/fault.ts'

/** What the use cases for people reach: the ports, and a way to wait that tests can replace. */
export interface ManagePorts extends Ports {
  sleep(milliseconds: number): Promise<void>
}

/**
 * Sends a hint after the state was written. A lost hint costs only time (law 1), so a queue that
 * does not answer must not fail a request that is already true.
 */
export async function sendHint(
  ports: Pick<Ports, 'queue' | 'log'>,
  queue: QueueName,
  hint: { readonly tenant: string; readonly name: string },
): Promise<void> {
  try {
    await ports.queue.send(queue, [hint])
  } catch (error) {
    ports.log.error('hint.lost', { queue, ...hint, error: describeFault(faultOf(error)) })
  }
}
