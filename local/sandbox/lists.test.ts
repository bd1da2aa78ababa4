import { expect, test } from 'vitest'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { createPages, OPEN_LISTS_MAX, readLimit } from './lists.ts'

const items = (count: number): readonly Manifest[] =>
  Array.from({ length: count }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${at}` },
  }))

test('a list is cut into pages, all of one revision', () => {
  const pages = createPages()
  const first = pages.first(items(5), '7', 2)
  const second = pages.next(first.continuation, 2)
  const third = pages.next(second.continuation, 2)
  const seen = [first, second, third].map((page) => [
    page.items.map(({ metadata }) => metadata.name).join(),
    page.remaining,
    page.resourceVersion,
  ])
  expect(seen).toEqual([
    ['0,1', 3, '7'],
    ['2,3', 1, '7'],
    ['4', 0, '7'],
  ])
  expect(third.continuation).toBe('')
})

test('a list that was left long ago is forgotten', () => {
  const pages = createPages()
  const { continuation } = pages.first(items(2), '7', 1)
  for (let count = 1; count < OPEN_LISTS_MAX; count++) pages.first(items(2), '7', 1)
  expect(pages.next(continuation, 1).items).toHaveLength(1)
  pages.first(items(2), '7', 1)
  expect(() => pages.next(continuation, 1)).toThrow('too old')
})

test('a limit is a number', () => {
  expect(readLimit(new URLSearchParams('limit=5'))).toBe(5)
  expect(readLimit(new URLSearchParams())).toBe(0)
  expect(() => readLimit(new URLSearchParams('limit=-1'))).toThrow('must be a number')
})
