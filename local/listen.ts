import { serve, type ServerType } from '@hono/node-server'
import { isOwnHost } from './foreign-requests.ts'

export interface HttpListener {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

type Fetch = (request: Request) => Response | Promise<Response>

/**
 * Serves a Web-standard handler on 127.0.0.1; when the port is taken, on a free one. Requests to
 * another host are answered 421: a web page may have pointed its name here.
 */
export async function listen(port: number, create: (url: string) => Fetch): Promise<HttpListener> {
  let handler: Fetch | undefined
  const fetch: Fetch = (request) => {
    if (!isOwnHost(new URL(request.url).host)) return new Response(MISDIRECTED, { status: 421 })
    return handler?.(request) ?? new Response('starting', { status: 503 })
  }

  const server = await tryListen(port, fetch).catch((error: unknown) => {
    if (port !== 0 && isInUse(error)) return tryListen(0, fetch)
    throw error
  })
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  const url = `http://127.0.0.1:${bound}`
  handler = create(url)
  return {
    url,
    port: bound,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

const MISDIRECTED = 'this server is 127.0.0.1 or localhost; use one of these in the URL\n'

const tryListen = (port: number, fetch: Fetch): Promise<ServerType> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' })
    server.once('listening', () => resolve(server))
    server.once('error', reject)
  })

const isInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
