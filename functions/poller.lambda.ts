import { composeFromEnvironment } from './compose.ts'
import { createPoller } from './poller.ts'

export const handler = createPoller(composeFromEnvironment(process.env))
