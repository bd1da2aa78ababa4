import type { Ports } from '../lib/reconcile/ports.ts'
import { sweepCluster } from '../lib/reconcile/sweep-cluster.ts'
import { createHintWorker, type QueueHandler } from './hint-worker.ts'

/** Sweeps the clusters that the hints name for drift. */
export const createClusterWorker = (ports: Ports): QueueHandler =>
  createHintWorker(ports.log, ({ tenant, name }) => sweepCluster(ports, tenant, name))
