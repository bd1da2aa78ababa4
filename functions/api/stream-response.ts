import type { Clock } from '../../lib/clock/port.ts'
import { stringifyJson } from '../../lib/std/json.ts'
import type { ApiContext } from './api-context.ts'
import { type ErrorPorts, toApiError } from './error-response.ts'

/** Proxies close a line on which nothing is said for a minute. */
export const KEEP_ALIVE_MS = 15_000

/**
 * Sends events one by one: as server-sent events to who asks for those, else as JSON lines
 * (argocd.md 2.4, "Streams"). An event equal to the one before is not sent again.
 */
export function streamResponse(
  c: ApiContext,
  ports: StreamPorts,
  events: AsyncGenerator<object | undefined, void>,
): Response {
  const isSse = (c.req.header('Accept') ?? '').includes('text/event-stream')
  const frame = (text: string): string => (isSse ? `data: ${text}\n\n` : `${text}\n`)
  const keepAlive = isSse ? ':\n\n' : ''
  const chunks = frames(ports, events, { frame, keepAlive })
  const encoder = new TextEncoder()

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await chunks.next()
      if (next.done === true) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel() {
      await events.return()
    },
  })
  return new Response(body, {
    headers: {
      'Content-Type': isSse ? 'text/event-stream' : 'application/json',
      'Cache-Control': 'no-store',
    },
  })
}

type StreamPorts = ErrorPorts & { readonly clock: Clock }

interface Framing {
  readonly frame: (text: string) => string
  /** What keeps the line open; empty when nothing may. */
  readonly keepAlive: string
}

async function* frames(
  ports: StreamPorts,
  events: AsyncGenerator<object | undefined, void>,
  { frame, keepAlive }: Framing,
): AsyncGenerator<string, void> {
  const { clock } = ports
  let last = ''
  let sentAt = clock.now()
  try {
    for await (const event of events) {
      const text = event === undefined ? last : stringifyJson({ result: event })
      if (text !== last) yield frame(text)
      else if (keepAlive === '' || clock.now() < sentAt + KEEP_ALIVE_MS) continue
      else yield keepAlive
      last = text
      sentAt = clock.now()
    }
  } catch (error) {
    const { grpcCode, httpStatus, message } = toApiError(error, ports)
    const detail = { grpc_code: grpcCode, http_code: httpStatus, message }
    yield frame(stringifyJson({ error: detail }))
  }
}
