import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { isIP } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import type { Clock } from '../clock/port.ts'
import { ArgosyError } from '../fault/fault.ts'
import type { ClusterLimits } from './limits.ts'
import type { ClusterConnection } from './port.ts'

/** Keeps at most one HTTP/2 connection to a server open; opens it when needed. */
export interface SessionKeeper {
  /** A session that was alive a moment ago; a request on it can still fail. */
  open(): Promise<ClientHttp2Session>
  /** Called around every request: a process may end while no request is under way. */
  begin(session: ClientHttp2Session): void
  end(session: ClientHttp2Session): void
  /** Lets requests under way finish and uses another connection for the next one. */
  retire(session: ClientHttp2Session): void
  close(): void
}

export function keepSession(
  connection: ClusterConnection,
  clock: Clock,
  limits: ClusterLimits,
): SessionKeeper {
  let current: Promise<ClientHttp2Session> | undefined
  let usedAt = 0
  const underWay = new Map<ClientHttp2Session, number>()

  const forget = (pending: Promise<ClientHttp2Session>): void => {
    if (current === pending) current = undefined
  }

  function renew(): Promise<ClientHttp2Session> {
    const pending = connect(connection, limits)
    current = pending
    usedAt = clock.now()
    pending.then(
      (session) => {
        session.on('goaway', () => {
          forget(pending)
          session.close()
        })
        for (const event of ['close', 'error']) session.on(event, () => forget(pending))
      },
      () => forget(pending),
    )
    return pending
  }

  return {
    async open() {
      const pending = current ?? renew()
      const session = await pending
      const isQuiet = !underWay.has(session) && clock.now() - usedAt > limits.pingAfterMs
      usedAt = clock.now()
      if (!session.closed && !session.destroyed && (!isQuiet || (await answers(session, limits)))) {
        return session
      }
      session.destroy()
      forget(pending)
      return current ?? renew()
    },
    begin(session) {
      underWay.set(session, (underWay.get(session) ?? 0) + 1)
      session.ref()
    },
    end(session) {
      usedAt = clock.now()
      const left = (underWay.get(session) ?? 1) - 1
      if (left > 0) return void underWay.set(session, left)
      underWay.delete(session)
      if (!session.destroyed) session.unref()
    },
    retire(session) {
      current = undefined
      session.close()
    },
    close() {
      current?.then((session) => session.destroy()).catch(() => undefined)
      for (const session of underWay.keys()) session.destroy()
      current = undefined
    },
  }
}

/** A socket that was frozen with its Lambda looks open and is dead: only an answer proves it alive. */
function answers(session: ClientHttp2Session, limits: ClusterLimits): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), limits.pingTimeoutMs)
    const settle = (isAlive: boolean): void => {
      clearTimeout(timer)
      resolve(isAlive)
    }
    session.once('close', () => settle(false))
    if (!session.ping((error) => settle(error === null))) settle(false)
  })
}

async function connect(
  connection: ClusterConnection,
  limits: ClusterLimits,
): Promise<ClientHttp2Session> {
  const socket = await connectSocket(connection, limits.connectTimeoutMs)
  const session = connectHttp2(connection.server, { createConnection: () => socket })
  // Without a listener an error would end the process; requests on the session see it themselves.
  session.on('error', () => undefined)
  session.setTimeout(limits.idleMs, () => session.destroy())
  session.unref()
  return session
}

function connectSocket(connection: ClusterConnection, timeoutMs: number): Promise<TLSSocket> {
  const { server } = connection
  return new Promise((resolve, reject) => {
    const socket = connectTls(tlsOptions(connection))
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }))
    }, timeoutMs)
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      if (socket.alpnProtocol === 'h2') return resolve(socket)
      socket.destroy()
      const detail =
        'it offers no HTTP/2, which Argosy needs; check that no HTTP/1.1 proxy stands before the API server'
      reject(new ArgosyError({ code: 'ClusterUnreachable', cluster: server, detail }))
    })
  })
}

function tlsOptions(connection: ClusterConnection): ConnectionOptions {
  const url = new URL(connection.server)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const servername = connection.tlsServerName ?? (isIP(host) === 0 ? host : undefined)
  return {
    host,
    port: url.port === '' ? 443 : Number(url.port),
    ALPNProtocols: ['h2', 'http/1.1'],
    ...(servername === undefined ? {} : { servername }),
    ...(connection.ca === undefined ? {} : { ca: connection.ca }),
    ...(connection.clientCertificate === undefined ? {} : { cert: connection.clientCertificate }),
    ...(connection.clientKey === undefined ? {} : { key: connection.clientKey }),
  }
}
