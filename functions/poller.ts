import { createDuePoller } from '../lib/reconcile/enqueue-due.ts'
import type { Ports } from '../lib/reconcile/ports.ts'

/** Hints at everything that is due; called by the schedule, its event says nothing. */
export const createPoller = (ports: Pick<Ports, 'state' | 'queue' | 'clock'>) => {
  const poller = createDuePoller(ports)
  return async (): Promise<{ readonly hints: number }> => ({ hints: await poller.enqueueDue() })
}
