import { composeFromEnvironment } from './compose.ts'
import { createClusterWorker } from './cluster-worker.ts'

export const handler = createClusterWorker(composeFromEnvironment(process.env))
