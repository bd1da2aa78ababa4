import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import {
  connect as connectTcp,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TEST_CERTIFICATE, TEST_KEY } from '../../test/builders/test-certificate.ts'
import { faultOf } from '../fault/fault.ts'
import { createHttp2Clusters, type Http2ClustersOptions } from './http2-cluster.ts'
import type { Cluster, Clusters, KindInfo } from './port.ts'

const CONFIG_MAPS: KindInfo = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
}

interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

type Respond = (request: {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly stream: ServerHttp2Stream
  /** Counts from 1. */
  readonly count: number
}) => Answer | 'ignore'

/** An HTTP/2 server that says what a test wants. */
class FakeServer {
  readonly sessions = new Set<ServerHttp2Session>()
  readonly paths: string[] = []
  sessionsOpened = 0
  streamsAtOnce = 0
  url = ''
  respond: Respond = () => ({ body: {} })
  readonly server: Http2SecureServer = createSecureServer({ cert: TEST_CERTIFICATE, key: TEST_KEY })

  async start(): Promise<void> {
    this.server.on('session', (session) => {
      this.sessionsOpened++
      this.sessions.add(session)
      session.on('close', () => this.sessions.delete(session))
      session.on('error', () => undefined)
    })
    let open = 0
    this.server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined)
      this.streamsAtOnce = Math.max(this.streamsAtOnce, ++open)
      stream.on('close', () => open--)
      const path = headers[':path'] ?? ''
      this.paths.push(path)
      const method = headers[':method'] ?? ''
      stream.on('end', () => {
        const answer = this.respond({ method, path, headers, stream, count: this.paths.length })
        if (answer === 'ignore') return
        const { status = 200, headers: extra = {}, body = {} } = answer
        stream.respond({ ':status': status, 'content-type': 'application/json', ...extra })
        stream.end(Buffer.isBuffer(body) ? body : JSON.stringify(body))
      })
      stream.resume()
    })
    this.url = await listening(this.server)
  }

  async stop(): Promise<void> {
    for (const session of this.sessions) session.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

const listening = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`https://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`)
    })
  })

/** Passes bytes on, until `freeze` leaves its connections open and silent, as a frozen Lambda does. */
async function startProxy(target: string) {
  const sockets = new Set<Socket>()
  const server = createTcpServer((near) => {
    const far = connectTcp(Number(new URL(target).port), '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    near.pipe(far).pipe(near)
  })
  return {
    url: await listening(server),
    freeze() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

let fake: FakeServer
let clusters: Clusters
let now: number
let requests: number

beforeEach(async () => {
  fake = new FakeServer()
  await fake.start()
  now = 1_700_000_000_000
  requests = 0
})
afterEach(async () => {
  await clusters.close()
  await fake.stop()
})

function connect(limits: Http2ClustersOptions['limits'] = {}): Cluster {
  clusters = createHttp2Clusters({
    clock: { now: () => now },
    onRequest: () => requests++,
    limits,
  })
  return clusters.connect('acme', { server: fake.url, ca: TEST_CERTIFICATE, bearerToken: 't' })
}

const version = (gitVersion: string): Answer => ({ body: { gitVersion } })
const faultBy = (request: Promise<unknown>) => request.then(() => 'no fault', faultOf)

test('many requests share one connection and carry the token', async () => {
  const tokens = new Set<string | undefined>()
  fake.respond = ({ headers }) => {
    tokens.add(headers.authorization)
    return version('v1.35.4')
  }
  const cluster = connect()
  const versions = await Promise.all([cluster.version(), cluster.version(), cluster.version()])
  expect([versions, fake.sessionsOpened, [...tokens], requests]).toEqual([
    ['v1.35.4', 'v1.35.4', 'v1.35.4'],
    1,
    ['Bearer t'],
    3,
  ])
})

test('no more requests run at once than the limit', async () => {
  fake.respond = () => version('v1')
  const cluster = connect({ concurrentRequestsMax: 2 })
  await Promise.all(Array.from({ length: 8 }, () => cluster.version()))
  expect(fake.streamsAtOnce).toBe(2)
})

test('other credentials and other tenants get connections of their own', async () => {
  fake.respond = () => version('v1')
  const cluster = connect()
  const connection = { server: fake.url, ca: TEST_CERTIFICATE, bearerToken: 't' }
  expect(clusters.connect('acme', { ...connection })).toBe(cluster)
  for (const other of [
    clusters.connect('acme', { ...connection, bearerToken: 'u' }),
    clusters.connect('umbrella', connection),
  ]) {
    expect(other).not.toBe(cluster)
    await other.version()
  }
  expect(fake.sessionsOpened).toBe(2)
})

test('the connection unused for longest is closed when there are too many', async () => {
  fake.respond = () => version('v1')
  const oldest = connect({ clustersMax: 2 })
  await oldest.version()
  for (const tenant of ['b', 'c']) {
    const connection = { server: fake.url, ca: TEST_CERTIFICATE }
    await clusters.connect(tenant, connection).version()
  }
  await expect.poll(() => fake.sessions.size).toBe(2)
})

test('a connection that broke is replaced and its request sent once more', async () => {
  fake.respond = ({ stream, count }) => {
    if (count > 1) return version('v2')
    stream.session?.destroy()
    return 'ignore'
  }
  expect(await connect().version()).toBe('v2')
  expect([requests, fake.sessionsOpened]).toEqual([2, 2])
})

test('a connection that breaks twice is a fault', async () => {
  fake.respond = ({ stream }) => {
    stream.session?.destroy()
    return 'ignore'
  }
  expect(await faultBy(connect().version())).toMatchObject({ code: 'ClusterUnreachable' })
  expect(requests).toBe(2)
})

test('after GOAWAY the next request uses a new connection', async () => {
  fake.respond = () => version('v1')
  const cluster = connect()
  await cluster.version()
  for (const session of fake.sessions) session.goaway()
  const sessionsOpened = async () => {
    expect(await cluster.version()).toBe('v1')
    return fake.sessionsOpened
  }
  await expect.poll(sessionsOpened).toBe(2)
})

test('a connection that was quiet for long is asked with a ping, and replaced if dead', async () => {
  fake.respond = () => version('v1')
  const proxy = await startProxy(fake.url)
  connect({ pingAfterMs: 1000, pingTimeoutMs: 50 })
  const cluster = clusters.connect('acme', { server: proxy.url, ca: TEST_CERTIFICATE })
  await cluster.version()
  now += 1001
  await cluster.version()
  expect(fake.sessionsOpened).toBe(1)

  proxy.freeze()
  now += 1001
  await cluster.version()
  expect(fake.sessionsOpened).toBe(2)
  await proxy.stop()
})

test('a connection nobody uses is closed', async () => {
  fake.respond = () => version('v1')
  await connect({ idleMs: 20 }).version()
  await expect.poll(() => fake.sessions.size).toBe(0)
})

test.for([
  ['429 with Retry-After', 429, { 'retry-after': '1' }, 4],
  ['429 without', 429, {}, 4],
  ['503 with Retry-After as a date', 503, { 'retry-after': 'Tue, 14 Nov 2023 22:13:21 GMT' }, 4],
  ['503 without', 503, {}, 1],
  ['500 without', 500, {}, 1],
  ['404', 404, {}, 1],
] as const)('%s is sent so often: %s', async ([, status, headers, times]) => {
  fake.respond = () => ({ status, headers, body: { message: 'slow down' } })
  const cluster = connect({ retryAfterMaxMs: 1, slowDownRetriesMax: 3 })
  expect(await faultBy(cluster.version())).toMatchObject({ code: 'KubernetesError', status })
  expect(requests).toBe(times)
})

test('a server that slowed down and recovered is no fault', async () => {
  fake.respond = ({ count }) =>
    count === 1 ? { status: 429, headers: { 'retry-after': '0' } } : version('v1')
  expect(await connect().version()).toBe('v1')
})

test('no answer in time is a fault that names the request, and gives the connection up', async () => {
  fake.respond = ({ count }) => (count === 1 ? 'ignore' : version('v1'))
  const cluster = connect({ requestTimeoutMs: 50 })
  expect(await faultBy(cluster.version())).toEqual({
    code: 'ClusterUnreachable',
    cluster: fake.url,
    detail: 'it did not answer GET /version within 0.05 s',
  })
  expect(await cluster.version()).toBe('v1')
  expect(fake.sessionsOpened).toBe(2)
})

test.for([
  ['plain', (text: string) => ({ body: Buffer.from(text) })],
  ['gzip', (text: string) => ({ body: gzipSync(text), headers: { 'content-encoding': 'gzip' } })],
] as const)('a %s answer is read up to its limit', async ([, encode]) => {
  const text = JSON.stringify({ gitVersion: 'v1', filler: 'x'.repeat(10_000) })
  fake.respond = () => encode(text)
  expect(await connect({ responseBytesMax: text.length }).version()).toBe('v1')
  await clusters.close()
  expect(await faultBy(connect({ responseBytesMax: text.length - 1 }).version())).toMatchObject({
    code: 'LimitExceeded',
    limit: 'responseBytesMax',
  })
})

test('an answer that is no JSON is a fault that says so', async () => {
  fake.respond = () => ({ body: Buffer.from('<html>') })
  expect(await faultBy(connect().version())).toMatchObject({
    code: 'ClusterUnreachable',
    detail:
      'it answered HTTP 200 with something that is not JSON; is this a Kubernetes API server?',
  })
})

test('a 404 that names no object is thrown', async () => {
  fake.respond = () => ({ status: 404, body: Buffer.from('404 page not found\n') })
  expect(await faultBy(connect().get(CONFIG_MAPS, 'default', 'a'))).toEqual({
    code: 'KubernetesError',
    status: 404,
    reason: '',
    message: 'the server answered HTTP 404: 404 page not found',
  })
})

test('a list whose continuation expired starts over', async () => {
  const item = (name: string) => ({ metadata: { name } })
  fake.respond = ({ path, count }) =>
    !path.includes('continue=')
      ? { body: { metadata: { continue: 'next' }, items: [item(`a${count}`)] } }
      : count === 2
        ? { status: 410, body: { reason: 'Expired', message: 'too old' } }
        : { body: { metadata: { resourceVersion: '7' }, items: [item('b')] } }
  const { items, resourceVersion } = await connect().listMetadata(CONFIG_MAPS)
  expect([items.map(({ metadata }) => metadata.name), resourceVersion]).toEqual([['a3', 'b'], '7'])
  expect(fake.paths[0]).toBe('/api/v1/configmaps?limit=500')
})

test('a list that never ends is a fault', async () => {
  fake.respond = () => ({ body: { metadata: { continue: 'next' }, items: [] } })
  expect(await faultBy(connect({ pagesMax: 3 }).listMetadata(CONFIG_MAPS))).toMatchObject({
    code: 'LimitExceeded',
    limit: 'pagesMax',
  })
  expect(requests).toBe(3)
})

test('an observation without a version is refused before anything is sent', async () => {
  const target = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } }
  const options = { fieldManager: 'm', force: true, observed: target }
  expect(await faultBy(connect().apply(CONFIG_MAPS, target, options))).toMatchObject({
    code: 'Internal',
  })
  expect(requests).toBe(0)
})

test.for([
  ['name', {}, 'ConfigMap "" has no metadata.name; set it'],
  ['namespace', { name: 'a' }, 'ConfigMap "a" has no metadata.namespace; set it'],
] as const)('a target without %s is refused', async ([, metadata, message]) => {
  const target = { apiVersion: 'v1', kind: 'ConfigMap', metadata }
  const apply = connect().apply(CONFIG_MAPS, target, { fieldManager: 'm', force: true })
  expect(await faultBy(apply)).toEqual({ code: 'InvalidArgument', message })
})

test.for(['http://127.0.0.1:80', 'nonsense', 'https://user:secret@127.0.0.1'])(
  'server %s is refused',
  (server) => {
    connect()
    expect(() => clusters.connect('acme', { server })).toThrow(
      /^cluster server .* is not an https:\/\/ URL without credentials; correct the server$/,
    )
    expect(() => clusters.connect('acme', { server })).not.toThrow(/secret/)
  },
)

test('a server that cannot be reached, or trusted, is told apart', async () => {
  connect()
  const detailOf = async (server: string, ca?: string): Promise<string> => {
    const cluster = clusters.connect('acme', { server, ...(ca === undefined ? {} : { ca }) })
    const fault = faultOf(await cluster.version().catch((error: unknown) => error))
    return fault.code === 'ClusterUnreachable' ? fault.detail : fault.code
  }
  expect([
    await detailOf('https://127.0.0.1:1', TEST_CERTIFICATE),
    await detailOf('https://does-not-exist.invalid', TEST_CERTIFICATE),
    await detailOf(fake.url),
  ]).toEqual([
    'connection refused; is the API server running?',
    expect.stringMatching(/^its host name does not resolve/),
    'its certificate is not signed by the CA given for it',
  ])
})

test('a server that speaks HTTP/1.1 alone is told apart', async () => {
  const server = createTlsServer({
    cert: TEST_CERTIFICATE,
    key: TEST_KEY,
    ALPNProtocols: ['http/1.1'],
  })
  const url = await listening(server)
  connect()
  const cluster = clusters.connect('acme', { server: url, ca: TEST_CERTIFICATE })
  expect(await faultBy(cluster.version())).toMatchObject({
    code: 'ClusterUnreachable',
    detail: expect.stringMatching(/^it offers no HTTP\/2/) as string,
  })
  await new Promise((resolve) => server.close(resolve))
})
