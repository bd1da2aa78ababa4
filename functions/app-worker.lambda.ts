import { composeFromEnvironment } from './compose.ts'
import { createAppWorker } from './app-worker.ts'

export const handler = createAppWorker(composeFromEnvironment(process.env))
