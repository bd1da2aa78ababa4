import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ClusterConnection } from '../../lib/cluster/port.ts'
import { createWasmEngine } from '../../lib/engine/wasm-engine.ts'
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../lib/std/json.ts'
import { engineFolder } from '../engine-folder.ts'
import { objectAt, objectsAt, textAt } from './kinds.ts'
import { openSandbox, type Sandbox } from './sandbox.ts'
import { BODY_BYTES_MAX } from './server.ts'

// The engine takes a second of a processor to start, which a busy machine may not have at once.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const dataDir = mkdtempSync(join(tmpdir(), 'argosy-sandbox-'))
const engine = createWasmEngine({ directory: engineFolder(process.cwd()).built })
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await openSandbox({ engine, dataDir, podStepMs: 0 })
})
afterAll(async () => {
  await sandbox.stop()
  await engine.close()
  rmSync(dataDir, { recursive: true })
})

interface Answer {
  readonly status: number
  readonly body: JsonObject
}

interface Call {
  readonly method?: string
  readonly type?: string
  readonly accept?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly connection?: ClusterConnection
}

/** HTTP/1.1, where our own client speaks HTTP/2. */
function call(path: string, options: Call = {}): Promise<Answer> {
  const { method = 'GET', type = 'application/json', accept = 'application/json', body } = options
  const { server, ca, bearerToken } = options.connection ?? sandbox.connection
  const authorization = `Bearer ${bearerToken ?? ''}`
  return new Promise((resolve, reject) => {
    const headers = { authorization, accept, 'content-type': type, ...options.headers }
    const outgoing = request(
      `${server}${path}`,
      { ca, method, headers, agent: false, servername: 'localhost' },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const value = text.startsWith('{') ? parseJson(text.split('\n', 1)[0] ?? '') : { text }
          resolve({ status: answer.statusCode ?? 0, body: isObject(value) ? value : {} })
        })
      },
    )
    outgoing.once('error', reject)
    outgoing.end(
      body === undefined ? undefined : typeof body === 'string' ? body : stringifyJson(body),
    )
  })
}

const MAPS = '/api/v1/namespaces/default/configmaps'
const aConfigMap = (name: string, data: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
const post = (name: string, data: JsonObject = {}) =>
  call(MAPS, { method: 'POST', body: aConfigMap(name, data) })

test('it says that it is a sandbox, to anybody', async () => {
  const connection = { ...sandbox.connection, bearerToken: 'nobody' }
  const { body } = await call('/version', { connection })
  expect(textAt(body, 'gitVersion')).toContain('sandbox')
  expect((await call('/readyz', { connection })).status).toBe(200)
  expect((await call(MAPS, { connection })).status).toBe(401)
})

test.for([{ origin: 'https://evil.example' }, { host: 'evil.example' }])(
  'a web page that sends %j is refused even with the token',
  async (headers) => {
    expect((await call(MAPS, { headers })).status).toBe(403)
    expect((await call('/version', { headers })).status).toBe(403)
  },
)

test('its secrets are for its user alone', () => {
  const modes = ['kubeconfig', 'credentials.json'].map(
    (file) => statSync(join(dataDir, file)).mode & 0o777,
  )
  expect(modes).toEqual([0o600, 0o600])
})

test.for([
  ['a duplicate', 'POST', MAPS, aConfigMap('first'), 409],
  ['a body of another kind', 'POST', MAPS, { kind: 'Secret', apiVersion: 'v1' }, 400],
  ['no object', 'POST', MAPS, '[]', 400],
  ['no JSON', 'POST', MAPS, '{', 400],
  ['a stale PUT', 'PUT', `${MAPS}/first`, { metadata: { resourceVersion: '1' } }, 409],
  ['an absent object', 'PUT', `${MAPS}/none`, aConfigMap('none'), 404],
  ['another name in the body', 'PUT', `${MAPS}/first`, aConfigMap('second'), 400],
  ['an unknown subresource', 'GET', `${MAPS}/first/status`, undefined, 404],
  ['a wrong method', 'PUT', MAPS, aConfigMap('first'), 405],
  ['no label selector', 'GET', `${MAPS}?labelSelector=a%20b`, undefined, 400],
  ['a kind that is not served', 'GET', '/apis/nothing/v1/things', undefined, 404],
] as const)('%s is refused', async ([, method, path, body, status]) => {
  await post('first')
  expect((await call(path, { method, body })).status).toBe(status)
})

test('a body beyond the limit is refused', async () => {
  const { status } = await post('large', { a: 'x'.repeat(BODY_BYTES_MAX) })
  expect(status).toBe(413)
})

test('fields that a kind has not are refused if asked, and dropped if not', async () => {
  const body = { ...aConfigMap('strict'), dta: {} }
  const strict = await call(`${MAPS}?fieldValidation=Strict`, { method: 'POST', body })
  expect([strict.status, textAt(strict.body, 'message')]).toEqual([
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"',
  ])
  const lenient = await call(MAPS, { method: 'POST', body })
  expect([lenient.status, lenient.body['dta']]).toEqual([201, undefined])
})

test('patches of every kind change an object', async () => {
  await post('patched', { a: '1' })
  const patch = (type: string, body: unknown) =>
    call(`${MAPS}/patched`, { method: 'PATCH', type: `application/${type}`, body })
  await patch('merge-patch+json', { data: { b: '2' } })
  await patch('strategic-merge-patch+json', { data: { c: '3' } })
  await patch('json-patch+json', [{ op: 'remove', path: '/data/a' }])
  const applied = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: patched}\ndata: {d: "4"}\n'
  const path = `${MAPS}/patched?fieldManager=me`
  await call(path, { method: 'PATCH', type: 'application/apply-patch+yaml', body: applied })
  const { body } = await call(`${MAPS}/patched`)
  expect(objectAt(body, 'data')).toEqual({ b: '2', c: '3', d: '4' })
  expect((await patch('unknown+json', {})).status).toBe(415)
})

test('lists come as rows, as metadata, and in pages of one state', async () => {
  for (const name of ['page-a', 'page-b', 'page-c']) await post(name)
  const first = await call(`${MAPS}?limit=2`)
  const { continue: next, resourceVersion } = objectAt(first.body, 'metadata')
  await post('page-d')
  const second = await call(`${MAPS}?continue=${next as string}`)
  expect(objectAt(second.body, 'metadata')['resourceVersion']).toBe(resourceVersion)
  const names = [first, second].flatMap(({ body }) =>
    objectsAt(body, 'items').map((item) => textAt(item, 'metadata', 'name')),
  )
  expect(names.filter((name) => name.startsWith('page-'))).toEqual(['page-a', 'page-b', 'page-c'])
  expect((await call(`${MAPS}?continue=${next as string}x`)).status).toBe(410)

  const table = await call(MAPS, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
  const columns = objectsAt(table.body, 'columnDefinitions').map(({ name }) => name)
  expect([table.body['kind'], columns]).toEqual(['Table', ['Name', 'Data', 'Age']])
  const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
  const metadata = await call(MAPS, { accept })
  expect(metadata.body['kind']).toBe('PartialObjectMetadataList')
})

test('a watch on HTTP/1.1 sends what is there', async () => {
  await post('watched')
  const query = 'watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dwatched'
  const { body } = await call(`${MAPS}?${query}`)
  expect([body['type'], textAt(body, 'object', 'metadata', 'name')]).toEqual(['ADDED', 'watched'])
})

test('a typed client may write protobuf', async () => {
  const bytes = protobufConfigMap('proto', { a: 'b' })
  const answer = await new Promise<number>((resolve, reject) => {
    const { server, ca, bearerToken = '' } = sandbox.connection
    const headers = {
      authorization: `Bearer ${bearerToken}`,
      'content-type': 'application/vnd.kubernetes.protobuf',
    }
    const options = { ca, method: 'POST', headers, agent: false }
    request(`${server}${MAPS}`, options, (incoming) => {
      incoming.resume()
      resolve(incoming.statusCode ?? 0)
    })
      .once('error', reject)
      .end(bytes)
  })
  expect(answer).toBe(201)
  expect((await call(`${MAPS}/proto`)).body['data']).toEqual({ a: 'b' })
})

/** `k8s\0` and a `runtime.Unknown`, as Kubernetes frames protobuf. */
function protobufConfigMap(name: string, data: Readonly<Record<string, string>>): Buffer {
  const field = (number: number, content: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content])
  const text = (number: number, value: string): Buffer => field(number, Buffer.from(value))
  const entries = Object.entries(data).map(([key, value]) =>
    field(2, Buffer.concat([text(1, key), text(2, value)])),
  )
  const object = Buffer.concat([field(1, text(1, name)), ...entries])
  const type = field(1, Buffer.concat([text(1, 'v1'), text(2, 'ConfigMap')]))
  return Buffer.concat([Buffer.from('k8s\0'), type, field(2, object)])
}

test('who may do what: an account that no binding names may only look at discovery', async () => {
  await call('/api/v1/namespaces/default/serviceaccounts', {
    method: 'POST',
    body: { metadata: { name: 'robot' } },
  })
  const path = '/api/v1/namespaces/default/serviceaccounts/robot/token'
  const { body } = await call(path, { method: 'POST', body: {} })
  const connection = { ...sandbox.connection, bearerToken: textAt(body, 'status', 'token') }
  expect((await call(MAPS, { connection })).status).toBe(403)
  expect((await call('/apis', { connection })).status).toBe(200)
  await call('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    method: 'POST',
    body: {
      metadata: { name: 'robot' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
      subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'default' }],
    },
  })
  expect((await call(MAPS, { connection })).status).toBe(200)
})

test('everything is there after a restart, at the same address', async () => {
  const { body } = await post('durable', { a: 'b' })
  const before = sandbox.connection
  await sandbox.stop()
  sandbox = await openSandbox({ engine, dataDir, podStepMs: 0 })
  expect(sandbox.connection).toEqual(before)
  expect((await call(`${MAPS}/durable`)).body).toEqual(body)
})
