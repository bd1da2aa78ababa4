import { beforeEach, expect, test } from 'vitest'
import type { WatchEventJson } from '../../lib/manage/watch-applications.ts'
import { type ApiSession, guestbookBody, signIn } from '../../test/builders/api-session.ts'
import { guestbook } from '../../test/builders/guestbook.ts'
import { createMemoryPlatform, type MemoryPlatform } from '../../test/builders/memory-platform.ts'
import { createApi } from './api.ts'
import { KEEP_ALIVE_MS } from './stream-response.ts'

const APPS = '/api/v1/applications'
const STREAM = '/api/v1/stream/applications'

let platform: MemoryPlatform
let session: ApiSession

beforeEach(async () => {
  platform = await createMemoryPlatform()
  platform.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  platform.repository.commit({ files: guestbook() })
  session = await signIn(platform)
  await session.call('POST', APPS, guestbookBody())
})

/** The whole text of a stream; `meanwhile` happens at the first wait. */
async function streamText(
  path: string,
  options: { accept?: string; streamMs?: number; meanwhile?: () => Promise<unknown> } = {},
): Promise<string> {
  let { meanwhile } = options
  const api = createApi(
    platform.ports,
    { url: '', streamMs: options.streamMs ?? 5000 },
    async (milliseconds) => {
      const once = meanwhile
      meanwhile = undefined
      await once?.()
      await platform.sleep(milliseconds)
    },
  )
  const headers = { Authorization: `Bearer ${session.token}`, Accept: options.accept ?? '' }
  return (await api.request(path, { headers })).text()
}

const events = (text: string): readonly WatchEventJson[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly result: WatchEventJson }).result)

const summary = ({ type, application: { metadata, status } }: WatchEventJson): string =>
  [type, metadata.name, status.sync.status].join(' ').trim()

test('a watch tells what is there, then what changes, then that it is gone', async () => {
  const text = await streamText(`${STREAM}?name=guestbook`, {
    meanwhile: async () => {
      await platform.work()
      await session.call('DELETE', `${APPS}/guestbook`)
    },
  })
  const told = events(text).map(summary)
  expect(told[0]).toBe('ADDED guestbook')
  expect(told.at(-1)).toMatch(/^DELETED guestbook/)
})

test('where responses are buffered, a watch tells the present state and ends', async () => {
  const text = await streamText(`${STREAM}?name=guestbook&resourceVersion=1`, { streamMs: 0 })
  expect(events(text).map(summary)).toEqual(['ADDED guestbook'])
})

test('who comes again for an application that is gone is told so', async () => {
  const text = await streamText(`${STREAM}?name=nope&resourceVersion=3`, { streamMs: 0 })
  expect(events(text).map(summary)).toEqual(['DELETED nope'])
  expect(await streamText(`${STREAM}?name=nope`, { streamMs: 0 })).toBe('')
})

test('a watch of one reads only that one', async () => {
  Object.assign(platform.ports.state, { query: () => Promise.reject(new Error('a list was read')) })
  const text = await streamText(`${STREAM}?name=guestbook`, { streamMs: 0 })
  expect(events(text).map(summary)).toEqual(['ADDED guestbook'])
})

test('a watch of all tells of a new one', async () => {
  const text = await streamText(STREAM, {
    meanwhile: () => session.call('POST', APPS, guestbookBody({}, 'other')),
  })
  expect(new Set(events(text).map(({ application }) => application.metadata.name))).toEqual(
    new Set(['guestbook', 'other']),
  )
})

test('server-sent events are framed as such, and the line is kept open', async () => {
  await platform.work()
  const accept = 'text/event-stream'
  const text = await streamText(`${STREAM}?name=guestbook`, { accept, streamMs: 2 * KEEP_ALIVE_MS })
  expect(text).toMatch(/^data: \{"result":\{"type":"ADDED"/)
  const messages = text.split('\n\n').filter((message) => message !== '')
  expect(messages.filter((message) => message === ':')).not.toHaveLength(0)
})

test('a tree that does not change is sent once', async () => {
  await platform.work()
  const lines = (await streamText(`${STREAM}/guestbook/resource-tree`)).trim().split('\n')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    result: { nodes: [{ kind: 'Service' }, { kind: 'Deployment' }] },
  })
})

test('an error in a stream has the shape that clients read', async () => {
  const text = await streamText(`${STREAM}/nope/resource-tree`)
  expect(JSON.parse(text)).toEqual({
    error: { grpc_code: 7, http_code: 403, message: 'permission denied' },
  })
})
