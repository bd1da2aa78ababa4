import { composeFromEnvironment } from './compose.ts'
import { createRepoWorker } from './repo-worker.ts'

export const handler = createRepoWorker(composeFromEnvironment(process.env))
