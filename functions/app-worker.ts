import type { Ports } from '../lib/reconcile/ports.ts'
import { reconcileApplication } from '../lib/reconcile/reconcile-application.ts'
import { createHintWorker, type QueueHandler } from './hint-worker.ts'

/** Reconciles the Applications that the hints name. */
export const createAppWorker = (ports: Ports): QueueHandler =>
  createHintWorker(ports.log, ({ tenant, name }) => reconcileApplication(ports, tenant, name))
