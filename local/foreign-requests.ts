import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** What tells a program on this machine from a web page that somebody has open on it. */
export interface RequestMarks {
  readonly host: string | undefined
  readonly origin?: string | undefined
}

/**
 * Why a server of 127.0.0.1 does not answer; `undefined` when it does. Browsers name the page in
 * `Origin`, and a page whose name was pointed at 127.0.0.1 names itself in `Host`.
 */
export function refusalOf({ host, origin }: RequestMarks): string | undefined {
  if (origin !== undefined) return 'web pages may not use this server'
  return isOwnHost(host)
    ? undefined
    : 'this server answers only to 127.0.0.1 and localhost; use one of these in the URL'
}

export const isOwnHost = (host: string | undefined): boolean =>
  host !== undefined && /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/i.test(host)

/** The access key of one start: who does not know it is nobody we started. */
export const newAccessKey = (): string => randomUUID()

/** Lets requests through to a server's own handlers only when they carry its access key. */
export function guardServer(server: Server, accessKeyId: string): void {
  const handlers = server.listeners('request') as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[]
  const expected = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/`
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { host, origin, authorization = '' } = request.headers
    const hasKey = authorization.startsWith(expected)
    const refusal =
      refusalOf({ host, origin }) ??
      (hasKey ? undefined : 'this server answers only to the process that started it')
    if (refusal !== undefined) return refuse(request, response, refusal)
    for (const handle of handlers) handle(request, response)
  })
}

/** Answers 403, and hears no more of the request. */
export function refuse(request: IncomingMessage, response: ServerResponse, reason: string): void {
  request.on('error', () => response.destroy())
  response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(`${reason}\n`)
}
