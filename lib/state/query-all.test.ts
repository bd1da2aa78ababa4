import { expect, test } from 'vitest'
import { faultOf } from '../fault/fault.ts'
import { listClusters, putCluster } from './clusters.ts'
import { createMemoryState } from './memory-state.ts'
import { PAGES_MAX, queryAll } from './query-all.ts'

test('a list longer than a megabyte is answered whole', async () => {
  const state = createMemoryState()
  const connection = 'x'.repeat(100_000)
  const servers = Array.from({ length: 25 }, (_, index) => `https://${index}`)
  for (const server of servers)
    await putCluster(state, 'acme', { server, name: 'c', connection }, 0)
  const found = await listClusters(state, 'acme')
  expect(new Set(found.map(({ server }) => server))).toEqual(new Set(servers))
})

test('a prefix is kept from page to page, at one request a page', async () => {
  const state = createMemoryState()
  const body = 'x'.repeat(300_000)
  for (const sk of ['a1', 'a2', 'a3', 'a4', 'a5', 'b1'])
    await state.put('acme', { pk: 'p', sk, body })
  const before = state.requests()
  const found = await queryAll(state, 'acme', { pk: 'p', skPrefix: 'a' })
  expect(found.map(({ sk }) => sk)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5'])
  expect(state.requests() - before).toBe(2)
})

test('a partition that never ends is given up', async () => {
  const endless = {
    ...createMemoryState(),
    query: async () => ({ items: [], cursor: 'more' }),
  }
  const failed: unknown = await queryAll(endless, 'acme', { pk: 'p' }).catch((e: unknown) => e)
  expect(faultOf(failed)).toMatchObject({ code: 'LimitExceeded', limit: 'PAGES_MAX' })
  expect(PAGES_MAX).toBe(100)
})
