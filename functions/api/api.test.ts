import { beforeEach, expect, test } from 'vitest'
import { type ApiSession, callApi, PASSWORD, signIn } from '../../test/builders/api-session.ts'
import {
  createMemoryPlatform,
  type MemoryPlatform,
  OPERATOR_TOKEN,
  SERVER_URL,
} from '../../test/builders/memory-platform.ts'
import { ensureAdmin } from '../../lib/manage/ensure-admin.ts'
import { BODY_BYTES_MAX } from './request-body.ts'

let platform: MemoryPlatform

beforeEach(async () => {
  platform = await createMemoryPlatform()
})

test.for([
  ['GET', '/nowhere', 404, 'Not Found'],
  ['GET', '/api/v1/nowhere', 404, 'Not Found'],
  ['PUT', '/api/version', 405, 'Method Not Allowed'],
  ['POST', '/api/v1/session/userinfo', 405, 'Method Not Allowed'],
  ['GET', '/healthz', 200, 'ok'],
] as const)('%s %s answers %i', async ([method, path, status, body]) => {
  expect(await callApi(platform, method, path)).toEqual({ status, body })
})

test.for([
  ['text/plain', 415],
  ['application/x-www-form-urlencoded', 415],
  ['', 415],
  ['application/json', 401],
  ['Application/JSON; charset=utf-8', 401],
] as const)('a write with content type %j answers %i', async ([type, status]) => {
  const headers = { 'Content-Type': type }
  const answer = await callApi(platform, 'POST', '/api/v1/session', { headers, body: {} })
  expect(answer.status).toBe(status)
})

test('an error has the shape that clients read', async () => {
  expect(await callApi(platform, 'GET', '/api/v1/applications')).toEqual({
    status: 401,
    body: { error: 'no session information', code: 16, message: 'no session information' },
  })
})

test.for([
  ['GET', '/api/v1/applications'],
  ['POST', '/api/v1/applications'],
  ['GET', '/api/v1/applications/x'],
  ['PUT', '/api/v1/applications/x'],
  ['DELETE', '/api/v1/applications/x'],
  ['PUT', '/api/v1/applications/x/spec'],
  ['POST', '/api/v1/applications/x/sync'],
  ['POST', '/api/v1/applications/x/rollback'],
  ['DELETE', '/api/v1/applications/x/operation'],
  ['GET', '/api/v1/applications/x/manifests'],
  ['GET', '/api/v1/applications/x/managed-resources'],
  ['GET', '/api/v1/applications/x/resource-tree'],
  ['GET', '/api/v1/applications/x/revisions/abc/metadata'],
  ['GET', '/api/v1/applications/x/syncwindows'],
  ['GET', '/api/v1/applications/x/logs'],
  ['GET', '/api/v1/stream/applications'],
  ['GET', '/api/v1/stream/applications/x/resource-tree'],
  ['GET', '/api/v1/projects'],
  ['GET', '/api/v1/projects/default'],
  ['GET', '/api/v1/clusters'],
  ['GET', '/api/v1/clusters/x'],
  ['GET', '/api/v1/account'],
  ['GET', '/api/v1/account/admin'],
  ['PUT', '/api/v1/account/password'],
] as const)('%s %s is only for those who are logged in', async ([method, path]) => {
  expect((await callApi(platform, method, path)).status).toBe(401)
})

test('a token counts as header, as gRPC metadata and as cookie', async () => {
  const { token } = await signIn(platform)
  const loggedIn = { loggedIn: true, username: 'admin', iss: 'argocd' }
  for (const headers of [
    { Authorization: `Bearer ${token}` },
    { 'Grpc-Metadata-Token': token },
    { Cookie: `argocd.token=${token}` },
  ]) {
    const answer = await callApi(platform, 'GET', '/api/v1/session/userinfo', { headers })
    expect(answer).toEqual({ status: 200, body: loggedIn })
  }
  expect(await callApi(platform, 'GET', '/api/v1/session/userinfo')).toEqual({
    status: 200,
    body: {},
  })
})

test('logging in sets a cookie that scripts cannot read, and logging out clears it', async () => {
  await signIn(platform)
  const request = (method: string, headers = {}) =>
    platform.api.request('https://argosy.example.com/api/v1/session', {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(method === 'POST'
        ? { body: JSON.stringify({ username: 'admin', password: PASSWORD }) }
        : {}),
    })
  const cookie = (await request('POST')).headers.get('Set-Cookie') ?? ''
  expect(cookie).toMatch(/^argocd\.token=\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)

  const [session = ''] = cookie.split(';')
  const out = await request('DELETE', { Cookie: session })
  expect(out.headers.get('Set-Cookie')).toMatch(/^argocd\.token=; Max-Age=0/)
  const after = await callApi(platform, 'GET', '/api/v1/session/userinfo', {
    headers: { Cookie: session },
  })
  expect(after.body).toEqual({})
})

test('a bad token is named as such where one is needed', async () => {
  const headers = { Authorization: 'Bearer nonsense' }
  const answer = await callApi(platform, 'GET', '/api/v1/applications', { headers })
  const message = 'invalid session: token is not valid here'
  expect(answer).toEqual({ status: 401, body: { error: message, code: 16, message } })
})

test('a body that is too large is not read', async () => {
  const headers = { 'Content-Length': String(BODY_BYTES_MAX + 1) }
  const answer = await callApi(platform, 'POST', '/api/v1/session', { headers, body: {} })
  expect(answer.status).toBe(429)
})

test('a body that is no JSON is the sender’s fault', async () => {
  const response = await platform.api.request('/api/v1/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{',
  })
  expect(response.status).toBe(400)
})

test('what nobody foresaw is logged and not told', async () => {
  const session = await signIn(platform)
  Object.assign(platform.ports.state, { query: () => Promise.reject(new Error('secret detail')) })
  const answer = await session.call('GET', '/api/v1/applications')
  expect(answer.status).toBe(500)
  expect(JSON.stringify(answer.body)).not.toContain('secret detail')
  expect(platform.errors.join()).toContain('secret detail')
})

test('the server says less about itself to strangers', async () => {
  const session = await signIn(platform)
  const settings = async (call: ApiSession['call']): Promise<unknown> =>
    (await call('GET', '/api/v1/settings')).body
  const strange = await settings((method, path) => callApi(platform, method, path))
  expect(strange).toMatchObject({ url: SERVER_URL, trackingMethod: 'annotation' })
  expect(strange).not.toHaveProperty('passwordPattern')
  expect(await settings((method, path) => session.call(method, path))).toMatchObject({
    passwordPattern: '^.{8,32}$',
  })
})

test('a route of Argo CD that is not built says so by name', async () => {
  const session = await signIn(platform)
  const message = 'pod logs is not there yet'
  expect(await session.call('GET', '/api/v1/applications/x/logs')).toEqual({
    status: 501,
    body: { error: message, code: 12, message },
  })
})

test('passwords change by the old one, and end the session', async () => {
  const session = await signIn(platform)
  const change = (body: object) => session.call('PUT', '/api/v1/account/password', body)
  const newPassword = 'new password'
  expect(await change({ currentPassword: 'wrong', newPassword })).toMatchObject({
    status: 400,
    body: { code: 3, message: 'current password does not match' },
  })
  expect(await change({ currentPassword: PASSWORD, newPassword: 'short' })).toMatchObject({
    status: 400,
    body: { message: 'New password does not match the following expression: ^.{8,32}$.' },
  })
  expect(await change({ currentPassword: PASSWORD, newPassword })).toEqual({
    status: 200,
    body: {},
  })
  expect((await session.call('GET', '/api/v1/applications')).status).toBe(401)
})

test('another account may do nothing, and learns nothing', async () => {
  const session = await signIn(platform, 'ann')
  expect((await session.call('GET', '/api/v1/applications')).body).toMatchObject({ items: [] })
  expect((await session.call('GET', '/api/v1/applications/x')).body).toMatchObject({
    message: 'permission denied',
  })
  expect((await session.call('GET', '/api/v1/projects/default')).status).toBe(403)
  expect((await session.call('GET', '/api/v1/clusters')).body).toEqual({ metadata: {}, items: [] })
  expect(
    (await session.call('GET', '/api/v1/account/can-i/applications/get/default/x')).body,
  ).toEqual({ value: 'no' })
})

test.for([
  ['nonsense', 403],
  ['', 403],
  [OPERATOR_TOKEN, 200],
] as const)('the initial password with operator token %j: %i', async ([token, status]) => {
  const password = await ensureAdmin(platform.ports, 'default')
  const headers = { 'Argosy-Operator': token }
  const answer = await callApi(platform, 'GET', '/api/argosy/initial-password', { headers })
  expect(answer.status).toBe(status)
  if (status === 200) expect(answer.body).toEqual({ password })
})

test('a cluster is found by its URL in the path, and shows no credentials', async () => {
  const session = await signIn(platform)
  const url = '/api/v1/clusters/https%3A%2F%2Fkubernetes.default.svc'
  const { body } = await session.call('GET', url)
  expect(body).toMatchObject({
    server: 'https://kubernetes.default.svc',
    name: 'in-cluster',
    config: { tlsClientConfig: { insecure: false } },
    connectionState: { status: 'Unknown' },
    info: { applicationsCount: 0 },
  })
  expect((await session.call('GET', '/api/v1/clusters/in-cluster?id.type=name')).body).toEqual(body)
  expect((await session.call('GET', '/api/v1/clusters/nope')).status).toBe(403)
})
