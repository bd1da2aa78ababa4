import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Blobs } from '../blobs/port.ts'
import { describeFault, faultOf, type Fault } from '../fault/fault.ts'
import { buildTree, putInto, type NewFiles } from './build-tree.ts'
import { createHttpGit, type HttpGitOptions } from './http-git.ts'
import { READ_AHEAD_AFTER, READ_AHEAD_BYTES_MAX, READ_AHEAD_FILES_MAX } from './limits.ts'
import { encodeCommit, type GitObject } from './objects.ts'
import { writePack } from './pack.ts'
import { packet } from './pkt-line.ts'
import type { Git } from './port.ts'

/** What the made-up server answers to `METHOD /path`. */
type Answer = (request: http.IncomingMessage, body: string) => Reply
interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Breaks the connection after the body. */
  readonly hangUp?: boolean
}

const servers: http.Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serve(answer: Answer): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = []
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')))
    request.on('end', () => {
      seen.push(`${request.method} ${request.url}`)
      const reply = answer(request, body)
      response.writeHead(reply.status ?? 200, reply.headers ?? RESULT)
      if (reply.hangUp) response.write(reply.body ?? '', () => response.destroy())
      else response.end(reply.body)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/repo`, seen }
}

const RESULT = { 'content-type': 'application/x-git-upload-pack-result' }
const ADVERTISED = { 'content-type': 'application/x-git-upload-pack-advertisement' }
const ID = 'a'.repeat(40)
const REFS = `${packet(`${ID} HEAD symref-target:refs/heads/main`)}${packet(`${ID} refs/heads/main`)}0000`
const capabilities = (features: string): Reply => ({
  headers: ADVERTISED,
  body: `${packet('# service=git-upload-pack')}0000${packet('version 2')}${packet('ls-refs')}${packet(`fetch=${features}`)}0000`,
})

const createGit = (options: Partial<HttpGitOptions> = {}): Git =>
  createHttpGit({ clock: { now: () => 0 }, allowPrivateHosts: true, ...options })

const faultBy = async (call: Promise<unknown>): Promise<Fault> =>
  call.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => faultOf(error),
  )
const listFault = async (url: string, options: Partial<HttpGitOptions> = {}) =>
  faultBy(createGit(options).listRefs('acme', { url, username: 'ann', password: 'secret' }))

describe('faults', () => {
  test.for([
    [401, 'RepositoryRefused', 'authentication required'],
    [403, 'RepositoryRefused', 'access denied'],
    [404, 'NotARepository', 'the server answered 404'],
    [410, 'NotARepository', 'the server answered 410'],
    [429, 'RepositoryUnreachable', 'the server answered 429'],
    [500, 'RepositoryUnreachable', 'the server answered 500'],
    [503, 'RepositoryUnreachable', 'the server answered 503'],
  ] as const)('%i is %s', async ([status, code, detail]) => {
    const { url } = await serve(() => ({ status }))
    expect(await listFault(url)).toEqual({ code, repo: url, detail })
  })

  test.for<readonly [string, Reply, string]>([
    [
      'a web page',
      { headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' },
      'NotARepository',
    ],
    ['nothing', { body: '' }, 'NotARepository'],
    ['text that is no packet', { body: 'hello world' }, 'NotARepository'],
    ['an error of its own', { body: packet('ERR Repository not found.') }, 'NotARepository'],
    [
      'another error of its own',
      { body: packet('ERR access is slow today') },
      'RepositoryUnreachable',
    ],
    ['half a list', { body: packet(`${ID} HEAD`), hangUp: true }, 'RepositoryUnreachable'],
  ])('%s is a fault', async ([, reply, code]) => {
    const { url } = await serve(() => reply)
    expect((await listFault(url)).code).toBe(code)
  })

  test('nobody listening, no such host, and silence are told apart', async () => {
    const { url } = await serve(() => ({}))
    const port = new URL(url).port
    const gone = servers.splice(0)
    await Promise.all(gone.map((server) => new Promise((resolve) => server.close(resolve))))
    expect(await listFault(`http://127.0.0.1:${port}/a`)).toMatchObject({
      code: 'RepositoryUnreachable',
      detail: 'connection refused',
    })
    expect(await listFault('http://no-such-host.invalid/a')).toMatchObject({
      code: 'RepositoryUnreachable',
      detail: expect.stringMatching(/^no such host$|^its name cannot be looked up now$/),
    })
    const silent = http.createServer(() => undefined)
    servers.push(silent)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port: silentPort } = silent.address() as AddressInfo
    const quiet = `http://127.0.0.1:${silentPort}/a`
    expect(await listFault(quiet, { timeouts: { silenceMs: 50 } })).toMatchObject({
      detail: 'no answer within 0.05 s',
    })
    expect(await listFault(quiet, { timeouts: { totalMs: 50 } })).toMatchObject({
      detail: 'not finished within 0.05 s',
    })
  })

  test('no message shows a credential', async () => {
    const { url } = await serve(() => ({ status: 401 }))
    const secret = url.replace('://', '://ann:hunter2@')
    const fault = await faultBy(createGit().listRefs('acme', { url: secret }))
    expect(describeFault(fault)).toBe(
      `repository ${url} refused us: authentication required; check its credentials`,
    )
  })

  test('a URL that is not http is refused before anything is sent', async () => {
    expect((await listFault('git@host:a/b')).code).toBe('Unimplemented')
    expect((await listFault('file:///etc/passwd')).code).toBe('InvalidArgument')
  })
})

test('whoever asks for refs while an answer is under way gets his own out of the next', async () => {
  const { url, seen } = await serve((request) =>
    request.method === 'GET' ? capabilities('filter') : { body: REFS },
  )
  const git = createGit()
  const repo = { url }
  const first = git.listRefs('acme', repo)
  await Promise.resolve()
  const others = [['refs/heads/main'], ['refs/tags/v1'], undefined].map((prefixes) =>
    git.listRefs('acme', repo, prefixes),
  )
  await first
  const names = (await Promise.all(others)).map((refs) => refs.map(({ name }) => name).join(' '))
  expect(names).toEqual(['HEAD refs/heads/main', 'HEAD', 'HEAD refs/heads/main'])
  expect(seen.filter((line) => line.startsWith('POST'))).toHaveLength(2)
})

describe('requests', () => {
  test('carry the credentials of the repository, or those in its URL', async () => {
    const { url, seen } = await serve(({ headers }) => ({
      body: headers.authorization === `Basic ${btoa('ann:s:ecret')}` ? REFS : '',
    }))
    const git = createGit()
    await git.listRefs('acme', { url, username: 'ann', password: 's:ecret' })
    await git.listRefs('acme', { url: url.replace('://', '://ann:s%3Aecret@') })
    expect(seen).toEqual(['POST /repo/git-upload-pack', 'POST /repo/git-upload-pack'])
  })

  test('follow a redirect on the same host', async () => {
    const { url, seen } = await serve(({ url: path }) =>
      path?.startsWith('/repo') === true
        ? { status: 301, headers: { location: '/moved/git-upload-pack' } }
        : { body: REFS },
    )
    expect(await createGit().listRefs('acme', { url })).toHaveLength(2)
    expect(seen).toEqual(['POST /repo/git-upload-pack', 'POST /moved/git-upload-pack'])
  })

  test('never follow one to another host', async () => {
    const other = await serve(() => ({ body: REFS }))
    const { url } = await serve(() => ({ status: 302, headers: { location: other.url } }))
    expect(await listFault(url)).toMatchObject({
      code: 'NotARepository',
      detail: `the server redirects to ${new URL(other.url).origin}; use that address if you trust it`,
    })
    expect(other.seen).toEqual([])
  })

  test('stop where redirects go in a circle', async () => {
    const { url, seen } = await serve(({ url: path }) => ({
      status: 302,
      headers: { location: path ?? '' },
    }))
    expect((await listFault(url)).code).toBe('NotARepository')
    expect(seen.length).toBeLessThan(12)
  })

  test('find the address that a host gives only when it is asked for its refs', async () => {
    const { url, seen } = await serve(({ url: path }) => {
      if (path === '/repo/git-upload-pack') return { status: 404 }
      if (path?.startsWith('/repo/') === true)
        return { status: 301, headers: { location: path.replace('/repo/', '/repo.git/') } }
      return path === '/repo.git/git-upload-pack' ? { body: REFS } : capabilities('shallow filter')
    })
    const git = createGit()
    expect(await git.listRefs('acme', { url })).toHaveLength(2)
    seen.length = 0
    await git.listRefs('acme', { url })
    expect(seen).toEqual(['POST /repo.git/git-upload-pack'])
  })

  test('never carry what is no ref name', async () => {
    let sent = ''
    const { url } = await serve((_, body) => {
      sent = body
      return { body: REFS }
    })
    await createGit().listRefs('acme', { url }, [
      'refs/heads/a b',
      'refs/heads/x\n0000',
      'refs/heads/ok',
    ])
    expect(sent.match(/ref-prefix .*/g)).toEqual(['ref-prefix HEAD', 'ref-prefix refs/heads/ok'])
  })
})

/** The pack in packets of the first band, as a server sends it. */
function inBands(pack: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at < pack.length; at += 60_000) {
    const part = pack.subarray(at, at + 60_000)
    const length = (part.length + 5).toString(16).padStart(4, '0')
    parts.push(Buffer.from(`${length}\x01`, 'latin1'), part)
  }
  return [...parts, Buffer.from('0000')]
}

/** A commit with these files, and a server that has nothing else. */
async function serveCommit(
  files: NewFiles,
  change: (pack: Uint8Array) => Uint8Array = (pack) => pack,
) {
  const objects = new Map<string, GitObject>()
  const put = putInto(objects)
  const tree = buildTree(files, put)
  const author = 'Ann <ann@example.com>'
  const commit = put(encodeCommit({ tree, parents: [], author, date: 0, message: 'one' }))
  const { url, seen } = await serve((request, body) => {
    if (request.method === 'GET') return capabilities('shallow filter')
    const wants = [...body.matchAll(/want ([0-9a-f]{40})/g)].map(([, id]) => id ?? '')
    const isTrees = body.includes('filter blob:none')
    const chosen = [...objects].filter(([id, { type }]) =>
      isTrees ? type !== 'blob' : wants.includes(id),
    )
    const pack = change(writePack(chosen.map(([, object]) => object)))
    return { body: Buffer.concat([Buffer.from(packet('packfile')), ...inBands(pack)]) }
  })
  return { url, seen, commit, objects }
}

const memoryBlobs = (): Blobs & { readonly stored: Map<string, Uint8Array> } => {
  const stored = new Map<string, Uint8Array>()
  return {
    stored,
    put: async (tenant, digest, bytes) => void stored.set(`${tenant} ${digest}`, bytes),
    get: async (tenant, digest) => stored.get(`${tenant} ${digest}`),
  }
}

describe('objects', () => {
  test('of one directory come by two requests, and those asked for meanwhile come together', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `app-${index}`)
    const files = Object.fromEntries(names.map((name) => [`${name}/a.yaml`, `name: ${name}`]))
    const { url, seen, commit } = await serveCommit(files)
    const git = createGit()
    const trees = await Promise.all(
      names.map((name) => git.readDirectory('acme', { url }, commit, name)),
    )
    expect(trees.map((tree) => Buffer.from(tree.get('a.yaml') ?? []).toString())).toEqual(
      names.map((name) => `name: ${name}`),
    )
    expect(seen.length).toBeLessThanOrEqual(3)
  })

  test('are refused when they are not what was asked for', async () => {
    const other = new Map<string, GitObject>()
    putInto(other)({ type: 'blob', data: Buffer.from('another') })
    const { url, commit } = await serveCommit({ 'a/x': '1' }, () => writePack([...other.values()]))
    expect(await faultBy(createGit().readDirectory('acme', { url }, commit, 'a'))).toMatchObject({
      code: 'RepositoryUnreachable',
      detail: 'the server left out objects that belong to the commit',
    })
  })

  test('are refused when they are damaged', async () => {
    const { url, commit } = await serveCommit({ 'a/x': '1' }, (pack) => {
      const damaged = Buffer.from(pack)
      damaged[20] = (damaged[20] ?? 0) ^ 1
      return damaged
    })
    expect(await faultBy(createGit().readDirectory('acme', { url }, commit, 'a'))).toMatchObject({
      code: 'RepositoryUnreachable',
      detail: 'the server sent a damaged pack: its checksum is wrong',
    })
  })

  test('are kept in blobs for another process, by tenant', async () => {
    const { url, seen, commit } = await serveCommit({ 'a/x': '1', 'a/y': '2' })
    const blobs = memoryBlobs()
    await createGit({ blobs }).readDirectory('acme', { url }, commit, 'a')
    expect(blobs.stored.size).toBe(1)
    seen.length = 0
    const again = await createGit({ blobs }).readDirectory('acme', { url }, commit, 'a')
    expect([...again.keys()]).toEqual(['x', 'y'])
    expect(seen).toHaveLength(1)
    await createGit({ blobs }).readDirectory('other', { url }, commit, 'a')
    expect(blobs.stored.size).toBe(2)
  })

  test('that were damaged in blobs are fetched again', async () => {
    const { url, commit } = await serveCommit({ 'a/x': '1' })
    const blobs = memoryBlobs()
    await createGit({ blobs }).readDirectory('acme', { url }, commit, 'a')
    for (const key of blobs.stored.keys()) blobs.stored.set(key, Buffer.from('rubbish'))
    const files = await createGit({ blobs }).readDirectory('acme', { url }, commit, 'a')
    expect(Buffer.from(files.get('x') ?? []).toString()).toBe('1')
  })

  test('are read right however small the memory is', async () => {
    const files = { 'a/x': 'x'.repeat(500), 'a/y': 'y'.repeat(500), 'b/z': 'z' }
    const { url, commit } = await serveCommit(files)
    const git = createGit({ limits: { cacheBytes: 100, repoCacheBytes: 100 } })
    for (const path of ['a', 'b', 'a']) {
      const read = await git.readDirectory('acme', { url }, commit, path)
      expect([...read.keys()]).toEqual(path === 'a' ? ['x', 'y'] : ['z'])
    }
  })
})

describe('limits', () => {
  const limitBy = async (limits: HttpGitOptions['limits'], path = '') => {
    const { url, commit } = await serveCommit({ 'a/x': '12345', 'a/y': '12345', 'b/z': '1' })
    return faultBy(createGit({ limits: limits ?? {} }).readDirectory('acme', { url }, commit, path))
  }
  test.for([
    'packBytes',
    'objects',
    'objectBytes',
    'inflatedBytes',
    'entries',
    'treeBytes',
  ] as const)('%s', async (limit) => {
    expect(await limitBy({ [limit]: 2 })).toMatchObject({ code: 'LimitExceeded', limit })
  })

  test('refs', async () => {
    const { url } = await serve(() => ({ body: REFS }))
    expect(await listFault(url, { limits: { refs: 1 } })).toMatchObject({
      code: 'LimitExceeded',
      limit: 'refs',
    })
  })

  test('depth of directories', async () => {
    const deep = Array.from({ length: 120 }, () => 'd').join('/')
    const { url, commit } = await serveCommit({ [`${deep}/x`]: '1' })
    expect(await faultBy(createGit().readDirectory('acme', { url }, commit, ''))).toMatchObject({
      code: 'LimitExceeded',
      limit: 'treeDepth',
    })
  })
})

describe('reading ahead', () => {
  const names = Array.from({ length: 12 }, (_, index) => `app-${index}`)
  const readAll = async (git: Git, url: string, commit: string) => {
    for (const name of names) await git.readDirectory('acme', { url }, commit, name)
  }

  test('spares the requests for one directory after the other', async () => {
    const files = Object.fromEntries(names.map((name) => [`${name}/x`, name]))
    const { url, seen, commit } = await serveCommit(files)
    await readAll(createGit(), url, commit)
    expect(seen).toHaveLength(1 + READ_AHEAD_AFTER + 1)
  })

  test('is given up where the rest is too large, and everything is read nevertheless', async () => {
    const zeros = new Uint8Array(READ_AHEAD_BYTES_MAX + 1)
    const files = { ...Object.fromEntries(names.map((name) => [`${name}/x`, name])), zeros }
    const { url, seen, commit } = await serveCommit(files)
    await readAll(createGit(), url, commit)
    expect(seen).toHaveLength(1 + names.length + 1)
  })

  test('is not tried where the files are too many', async () => {
    const many = Array.from({ length: READ_AHEAD_FILES_MAX + 1 }, (_, index) => index)
    const files = {
      ...Object.fromEntries(names.map((name) => [`${name}/x`, name])),
      ...Object.fromEntries(many.map((index) => [`many/${index}`, String(index)])),
    }
    const { url, seen, commit } = await serveCommit(files)
    await readAll(createGit(), url, commit)
    expect(seen).toHaveLength(1 + names.length)
  })
})
