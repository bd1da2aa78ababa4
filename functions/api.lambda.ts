import { handle } from 'hono/aws-lambda'
import { createApi } from './api/api.ts'
import { composeFromEnvironment } from './compose.ts'
import { PUBLIC_URL } from './config-names.ts'

// The HTTP API of API Gateway buffers responses: streams tell the present state and end.
const STREAM_MS = 0

const ports = composeFromEnvironment(process.env)
export const handler = handle(
  createApi(ports, { url: process.env[PUBLIC_URL] ?? '', streamMs: STREAM_MS }),
)
