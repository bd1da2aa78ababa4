import { beforeEach, expect, test } from 'vitest'
import { type ApiSession, guestbookBody, signIn } from '../../test/builders/api-session.ts'
import { guestbook } from '../../test/builders/guestbook.ts'
import {
  createMemoryPlatform,
  type MemoryPlatform,
  REPO_URL,
} from '../../test/builders/memory-platform.ts'
import type { ApplicationJson } from '../../lib/manage/application-json.ts'

const APPS = '/api/v1/applications'
const GUESTBOOK = `${APPS}/guestbook`

let platform: MemoryPlatform
let session: ApiSession

beforeEach(async () => {
  platform = await createMemoryPlatform()
  platform.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  platform.repository.commit({ files: guestbook() })
  session = await signIn(platform)
})

const create = async (body: object = guestbookBody()): Promise<ApplicationJson> =>
  (await session.call('POST', APPS, body)).body as ApplicationJson
const read = async (query = ''): Promise<ApplicationJson> =>
  (await session.call('GET', `${GUESTBOOK}${query}`)).body as ApplicationJson

test('a new application is there, not yet compared, and somebody is told to look', async () => {
  const created = await create()
  expect(created).toMatchObject({
    kind: 'Application',
    metadata: { name: 'guestbook', namespace: 'argocd', generation: 1 },
    spec: { project: 'default', source: { repoURL: REPO_URL, path: 'guestbook' } },
    status: { sync: { status: '', comparedTo: { destination: {} } }, health: {}, summary: {} },
  })
  expect(await read()).toEqual(created)
  expect(platform.queue.pending('app')).toHaveLength(1)
})

test('a queue that does not answer fails no request', async () => {
  Object.assign(platform.ports.queue, { send: () => Promise.reject(new Error('queue is down')) })
  expect((await session.call('POST', APPS, guestbookBody())).status).toBe(200)
  expect(platform.errors.join()).toContain('hint.lost')
  await platform.work()
  expect((await read()).status.sync.status).toBe('OutOfSync')
})

const invalid = (reason: string): string =>
  `application spec for guestbook is invalid: InvalidSpecError: ${reason}`
const notRendered = (path: string, reason: string): string =>
  invalid(`Unable to generate manifests in ${path}: rpc error: code = Unknown desc = ${reason}`)
const source = (change: object): Readonly<Record<string, unknown>> => ({
  source: { repoURL: REPO_URL, path: 'guestbook', ...change },
})

test.for([
  [source({ path: 'nope' }), notRendered('nope', 'nope: app path does not exist')],
  [
    source({ targetRevision: 'nope' }),
    notRendered(
      'guestbook',
      "unable to resolve 'nope' in http://127.0.0.1:22091/mono: no such branch, tag or commit; push it, or correct the revision",
    ),
  ],
  [source({ path: 'broken' }), notRendered('broken', 'broken/a.yaml: line 1: ')],
  [source({ repoURL: 'http://127.0.0.1:22091/other.git' }), invalid('repository not accessible: ')],
  [source({ path: '' }), invalid('spec.source.repoURL and either spec.source.path')],
  [
    source({ path: '', chart: 'redis' }),
    notRendered('', 'a Helm repository as source is not there'),
  ],
  [
    { destination: { server: 'https://nope.example.com' } },
    invalid(
      'application destination spec for guestbook is invalid: cluster https://nope.example.com is not registered',
    ),
  ],
  [
    { destination: { name: 'in-cluster', server: 'https://x' } },
    invalid('application destination can'),
  ],
  [{ project: 'nope' }, 'application references project nope which does not exist'],
  [{ source: 'text' }, 'application is invalid: spec.source: expected'],
] as const)('%j is refused: %s', async ([change, message]) => {
  platform.repository.change({ 'broken/a.yaml': 'kind: [' })
  const { status, body } = await session.call('POST', APPS, guestbookBody({ ...change }))
  expect({ status, ...(body as object) }).toMatchObject({
    status: 400,
    code: 3,
    message: expect.stringContaining(message) as unknown,
  })
  expect(await session.call('GET', GUESTBOOK), 'nothing half-made').toMatchObject({ status: 403 })
})

test('without validation nothing is asked of repository and cluster', async () => {
  const body = guestbookBody(source({ path: 'nope' }))
  expect((await session.call('POST', `${APPS}?validate=false`, body)).status).toBe(200)
})

test.for([
  ['the same spec', {}, '', 200, 1],
  ['another spec', { destination: { name: 'in-cluster' } }, '', 400, 1],
  ['another spec and upsert', { destination: { name: 'in-cluster' } }, '?upsert=true', 200, 2],
] as const)('creating again with %s', async ([, change, query, status, generation]) => {
  await create()
  expect((await session.call('POST', `${APPS}${query}`, guestbookBody(change))).status).toBe(status)
  expect((await read()).metadata.generation).toBe(generation)
})

test('a bad name is refused with the rule', async () => {
  const { body } = await session.call('POST', APPS, guestbookBody({}, 'Guest_Book'))
  expect(body).toMatchObject({ message: expect.stringContaining('lowercase RFC 1123') as unknown })
})

// Argo CD's lookup rule: what is missing and what is forbidden look alike (argocd.md 2.2).
test.for([
  ['guestbook', '', 200, undefined],
  ['guestbook', '?project=default', 200, undefined],
  ['guestbook', '?appNamespace=argocd', 200, undefined],
  ['guestbook', '?appNamespace=other', 403, "namespace 'other' is not permitted"],
  ['guestbook', '?project=other', 404, 'applications.argoproj.io "guestbook" not found'],
  ['nope', '', 403, 'permission denied'],
  ['nope', '?project=default', 404, 'applications.argoproj.io "nope" not found'],
] as const)('GET %s%s answers %i', async ([name, query, status, message]) => {
  await create()
  const answer = await session.call('GET', `${APPS}/${name}${query}`)
  expect(answer.status).toBe(status)
  if (message !== undefined) expect(answer.body).toMatchObject({ message })
})

test('a refresh answers what a look after it found', async () => {
  await create()
  expect((await read('?refresh=normal')).status.sync.status).toBe('OutOfSync')
  const before = (await read()).status.sync.revision
  const commit = platform.repository.change(guestbook({ replicas: 2 }))
  expect((await read()).status.sync.revision).toBe(before)
  expect((await read('?refresh=hard')).status.sync.revision).toBe(commit)
  expect((await session.call('GET', `${GUESTBOOK}?refresh=now`)).status).toBe(400)
})

test('a list is sorted, selectable, and light when the client says what it needs', async () => {
  await create(guestbookBody({}, 'b'))
  await create({ ...guestbookBody({}, 'a'), metadata: { name: 'a', labels: { team: 'web' } } })
  await platform.work()
  const list = async (query: string) =>
    (await session.call('GET', `${APPS}${query}`)).body as { readonly items: ApplicationJson[] }
  const names = async (query: string) =>
    (await list(query)).items.map(({ metadata }) => metadata.name)

  expect(await names('')).toEqual(['a', 'b'])
  expect(await names('?selector=team%3Dweb')).toEqual(['a'])
  expect(await names('?name=b')).toEqual(['b'])
  expect(await names('?projects=other')).toEqual([])
  expect(await names('?repo=http%3A%2F%2Fother')).toEqual([])
  expect((await list('')).items[0]?.status.resources).toHaveLength(2)
  expect((await list('?fields=items.spec')).items[0]?.status.resources).toBeUndefined()
})

test('an update replaces spec, labels and annotations; spec alone leaves the others', async () => {
  await create({ ...guestbookBody(), metadata: { name: 'guestbook', labels: { a: '1' } } })
  const spec = {
    ...(await read()).spec,
    syncPolicy: { automated: { prune: true, selfHeal: false } },
  }
  expect((await session.call('PUT', `${GUESTBOOK}/spec`, spec)).body).toMatchObject({
    syncPolicy: { automated: { prune: true } },
  })
  expect((await read()).metadata.labels).toEqual({ a: '1' })

  await session.call('PUT', GUESTBOOK, {
    ...guestbookBody(),
    metadata: { name: 'guestbook', labels: { b: '2' } },
  })
  const { metadata, spec: after } = await read()
  expect(metadata.labels).toEqual({ b: '2' })
  expect(after.syncPolicy).toBeUndefined()
  expect((await session.call('PUT', GUESTBOOK, guestbookBody({}, 'other'))).status).toBe(400)
  expect(
    (
      await session.call('PUT', `${GUESTBOOK}/spec`, {
        ...spec,
        source: { repoURL: REPO_URL, path: 'x' },
      })
    ).status,
  ).toBe(400)
})

test('a sync is accepted with its operation set and the old result hidden', async () => {
  await create()
  await session.call('POST', `${GUESTBOOK}/sync`, {})
  await platform.work()
  expect((await read()).status.operationState).toMatchObject({ phase: 'Succeeded' })

  const { body } = await session.call('POST', `${GUESTBOOK}/sync`, { prune: true })
  const accepted = body as ApplicationJson
  expect(accepted.operation).toMatchObject({
    initiatedBy: { username: 'admin' },
    sync: { prune: true, revision: expect.stringMatching(/^[0-9a-f]{40}$/) as unknown },
  })
  expect(accepted.status.operationState).toBeUndefined()
  expect((await session.call('POST', `${GUESTBOOK}/sync`, {})).body).toMatchObject({
    code: 9,
    message: 'another operation is already in progress',
  })
})

test('what cannot be synced is said before anything happens', async () => {
  await create(guestbookBody({ syncPolicy: { automated: {} } }))
  const sync = (body: object) => session.call('POST', `${GUESTBOOK}/sync`, body)
  expect(await sync({ revision: 'v1' })).toMatchObject({
    status: 400,
    body: { message: 'Cannot sync to v1: auto-sync currently set to HEAD' },
  })
  expect(await sync({ manifests: ['{}'] })).toMatchObject({ status: 501 })
  expect(await sync({ resources: [{ kind: 3 }] })).toMatchObject({ status: 400 })
  await session.call('PUT', `${GUESTBOOK}/spec`, (await create()).spec)
  await session.call('POST', `${APPS}?upsert=true`, guestbookBody())
  expect((await sync({ revision: 'nope' })).body).toMatchObject({
    message: expect.stringContaining("unable to resolve 'nope'") as unknown,
  })
  await session.call('DELETE', GUESTBOOK)
  expect((await sync({})).body).toMatchObject({ message: 'application is deleting' })
})

test('an operation is terminated, or there is none', async () => {
  await create()
  expect((await session.call('DELETE', `${GUESTBOOK}/operation`)).body).toMatchObject({
    code: 9,
    message: 'Unable to terminate operation. No operation is in progress',
  })
  await session.call('POST', `${GUESTBOOK}/sync`, {})
  expect(await session.call('DELETE', `${GUESTBOOK}/operation`)).toEqual({ status: 200, body: {} })
  await platform.work()
  expect((await read()).status.operationState).toMatchObject({
    phase: 'Failed',
    message: 'Operation terminated',
  })
  expect((await read()).operation).toBeUndefined()
})

test.for([
  ['?cascade=false&propagationPolicy=foreground', 400],
  ['?propagationPolicy=orphan', 400],
  ['?cascade=maybe', 400],
  ['?propagationPolicy=background', 200],
  ['?cascade=false', 200],
] as const)('DELETE %s answers %i', async ([query, status]) => {
  await create()
  expect((await session.call('DELETE', `${GUESTBOOK}${query}`)).status).toBe(status)
})

test('a deletion shows until it is done', async () => {
  await create()
  await session.call('DELETE', GUESTBOOK)
  expect((await read()).metadata).toMatchObject({
    deletionTimestamp: '2026-11-23T14:01:34Z',
    finalizers: ['resources-finalizer.argocd.argoproj.io'],
  })
  await platform.work()
  expect((await session.call('GET', GUESTBOOK)).status).toBe(403)
})

test('no value of a secret leaves by any door', async () => {
  platform.repository.change({
    'guestbook/secret.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n',
  })
  await create()
  const body = async (path: string): Promise<string> =>
    JSON.stringify((await session.call('GET', `${GUESTBOOK}${path}`)).body)
  expect(await body('/manifests')).toContain('Secret')
  for (const path of ['', '/manifests', '/managed-resources', '/resource-tree']) {
    expect(await body(path)).not.toMatch(/hunter2|aHVudGVyMg/)
  }
  await session.call('POST', `${GUESTBOOK}/sync`, {})
  await platform.work()
  expect(await body('/managed-resources')).not.toMatch(/hunter2|aHVudGVyMg/)
})

test('a commit tells who made it', async () => {
  await create()
  const revision = platform.repository.change(guestbook({ replicas: 3 }), {
    message: 'More guests',
    author: 'Ann <ann@example.com>',
  })
  expect((await session.call('GET', `${GUESTBOOK}/revisions/${revision}/metadata`)).body).toEqual({
    author: 'Ann <ann@example.com>',
    date: expect.stringMatching(/Z$/) as unknown,
    message: expect.stringContaining('More guests') as unknown,
  })
})
