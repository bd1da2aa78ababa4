import { deployments } from './deployments.ts'
import { jobs } from './jobs.ts'
import { createPods } from './pods.ts'
import { daemonSets, replicaSets } from './replica-sets.ts'
import type { Controller } from './runner.ts'
import { SIMPLE_CONTROLLERS } from './simple.ts'
import { statefulSets } from './stateful-sets.ts'

/** Every controller of the sandbox, with a memory of its own. */
export const createControllers = (): readonly Controller[] => [
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  jobs,
  createPods(),
  ...SIMPLE_CONTROLLERS,
]
