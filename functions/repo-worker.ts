import { checkRepository } from '../lib/reconcile/check-repository.ts'
import type { Ports } from '../lib/reconcile/ports.ts'
import { createHintWorker, type QueueHandler } from './hint-worker.ts'

/** Checks the repositories that the hints name. */
export const createRepoWorker = (ports: Ports): QueueHandler =>
  createHintWorker(ports.log, ({ tenant, name }) => checkRepository(ports, tenant, name))
