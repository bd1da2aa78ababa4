import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildTree, putInto, type NewFiles } from './build-tree.ts'
import { GIT_LIMITS, HAVES_MAX, ENDPOINT_TTL_MS } from './limits.ts'
import { createObjectCache } from './object-store.ts'
import { encodeCommit, type GitObject } from './objects.ts'
import { writePack } from './pack.ts'
import { packet } from './pkt-line.ts'
import { createRemote } from './remote.ts'
import { notARepository, type GitRequest, type Transport } from './transport.ts'

/** A pack with one delta whose base nobody has: its first five bytes, and "and more.". */
function leaningPack(): Uint8Array {
  const delta = Buffer.from([9, 14, 0x90, 5, 9, ...Buffer.from('and more.')])
  const header = Buffer.from([80, 65, 67, 75, 0, 0, 0, 2, 0, 0, 0, 1])
  const base = Buffer.alloc(20, 0xab)
  const entry = Buffer.concat([Buffer.from([0x70 | delta.length]), base, deflateSync(delta)])
  const pack = Buffer.concat([header, entry])
  return Buffer.concat([pack, createHash('sha1').update(pack).digest()])
}

const repo = { url: 'https://git.example.com/apps' }

function scripted(answer: (request: GitRequest, body: string) => Uint8Array | string) {
  const bodies: string[] = []
  const transport: Transport = {
    async send(request) {
      const body = Buffer.from(request.body ?? []).toString()
      bodies.push(request.method === 'GET' ? `GET ${request.url}` : body)
      const bytes = Buffer.from(answer(request, body))
      const kind = request.method === 'GET' ? 'advertisement' : 'result'
      return {
        url: request.url,
        status: 200,
        headers: { 'content-type': `application/x-git-upload-pack-${kind}` },
        body: (async function* () {
          yield bytes
        })(),
      }
    },
  }
  return { transport, bodies }
}

const packed = (objects: Iterable<GitObject>): Uint8Array => inBand(writePack([...objects]))

const inBand = (pack: Uint8Array): Uint8Array => {
  const length = (pack.length + 5).toString(16).padStart(4, '0')
  return Buffer.concat([
    Buffer.from(`${packet('packfile')}${length}\x01`, 'latin1'),
    pack,
    Buffer.from('0000'),
  ])
}

function commitOf(files: NewFiles) {
  const objects = new Map<string, GitObject>()
  const put = putInto(objects)
  const tree = buildTree(files, put)
  const id = put(encodeCommit({ tree, parents: [], author: 'A <a@b>', date: 0, message: 'x' }))
  return { id, objects: [...objects.values()] }
}

const open = (transport: Transport, now: () => number = () => 0) => {
  const store = createObjectCache(GIT_LIMITS).forRepository('acme')
  return {
    store,
    remote: createRemote({ repo, transport, store, limits: GIT_LIMITS, clock: { now } }),
  }
}

test('offers the commits that are here, and asks for a thin pack only then', async () => {
  const commits = Array.from({ length: HAVES_MAX + 2 }, (_, index) =>
    commitOf({ a: String(index) }),
  )
  const { transport, bodies } = scripted((_, body) => {
    const wanted = commits.find(({ id }) => body.includes(`want ${id}`))
    return packed(wanted?.objects ?? [])
  })
  const { remote } = open(transport)
  for (const { id } of commits) await remote.fetchCommit(id)
  const havesOf = (body = '') => [...body.matchAll(/have (\S+)/g)].map(([, id]) => id)
  expect(bodies[0]).not.toContain('thin-pack')
  expect(havesOf(bodies[1])).toEqual([commits[0]?.id])
  expect(bodies[1]).toContain('thin-pack')
  expect(bodies[1]).toContain(`shallow ${commits[0]?.id}`)
  expect(havesOf(bodies.at(-1))).toEqual(
    commits
      .slice(1, -1)
      .map(({ id }) => id)
      .toReversed(),
  )
})

test('fetches a commit whole when a thin pack leans on what is gone', async () => {
  const [first, second] = [commitOf({ a: '1' }), commitOf({ a: '2' })]
  const { transport, bodies } = scripted((_, body) => {
    if (body.includes('have ')) return inBand(leaningPack())
    return packed(body.includes(`want ${first.id}`) ? first.objects : second.objects)
  })
  const { remote } = open(transport)
  await remote.fetchCommit(first.id)
  expect((await remote.fetchCommit(second.id)).has(second.id)).toBe(true)
  expect(bodies).toHaveLength(3)
  expect(bodies[2]).not.toContain('have ')
})

test('believes for an hour that a server lacks a filter', async () => {
  const only = commitOf({ a: '1' })
  let now = 0
  const { transport, bodies } = scripted((request, body) => {
    if (request.method === 'GET') return `${packet('version 2')}${packet('fetch=shallow')}0000`
    return body.includes('filter') ? '' : packed(only.objects)
  })
  const { remote } = open(transport, () => now)
  await remote.fetchCommit(only.id)
  const shown = () =>
    bodies
      .splice(0)
      .map((body) => (body.startsWith('GET') ? 'GET' : (/filter/.exec(body)?.[0] ?? 'all')))
  expect(shown()).toEqual(['filter', 'GET', 'all'])
  await remote.fetchCommitWhole(only.id)
  expect(shown()).toEqual(['all'])
  expect((await remote.fetchHistory([only.id])).size).toBe(0)
  now = ENDPOINT_TTL_MS
  await remote.fetchCommitWhole(only.id)
  expect(shown()).toEqual(['filter', 'GET', 'all'])
})

test('asks no further where there is no repository', async () => {
  const requests: string[] = []
  const transport: Transport = {
    send: async ({ method }) => {
      requests.push(method)
      throw notARepository(repo, 'the server answered 404')
    },
  }
  await expect(open(transport).remote.listRefs(['HEAD'])).rejects.toThrow('not a Git repository')
  expect(requests).toEqual(['POST', 'GET'])
})
