import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { EVENTS_MAX, openStore, SPARE_LINES_MAX, type Store } from './store.ts'

const aConfigMap = (name: string, namespace = 'shop', data = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
const namesIn = (store: Store, namespace = ''): readonly string[] =>
  store
    .list('/ConfigMap', namespace)
    .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`)

test('objects are listed by namespace and name, under growing revisions', () => {
  const store = openStore(undefined)
  for (const [name, scope] of ['b shop', 'a shop', 'a bank', 'a shop-two'].map((t) =>
    t.split(' '),
  )) {
    store.put(aConfigMap(name ?? '', scope))
  }
  expect(namesIn(store)).toEqual(['bank/a', 'shop-two/a', 'shop/a', 'shop/b'])
  expect(namesIn(store, 'shop')).toEqual(['shop/a', 'shop/b'])
  expect(store.list('/ConfigMap', 'shop').map((o) => o.metadata.resourceVersion)).toEqual([
    '3',
    '2',
  ])
})

test('a store that is opened again has what was written, exactly, and goes on counting', () => {
  const folder = aFolder()
  const first = openStore(folder)
  first.put(aConfigMap('kept', 'shop', { big: 2n ** 60n }))
  const { metadata } = first.put(aConfigMap('gone'))
  first.remove(aConfigMap('gone'))
  const before = first.list('/ConfigMap', '')
  first.close()

  const second = openStore(folder)
  expect(second.list('/ConfigMap', '')).toEqual(before)
  expect(second.revision()).toBe(Number(metadata.resourceVersion) + 1)
  second.close()
  const third = openStore(folder)
  expect(third.revision()).toBe(second.revision())
  third.close()
})

test('a line torn by a crash is forgotten, the others are not', () => {
  const folder = aFolder()
  const first = openStore(folder)
  first.put(aConfigMap('a'))
  first.close()
  appendFileSync(join(folder, 'objects.jsonl'), '{"revision":9,"collection":"/Conf')
  const second = openStore(folder)
  expect(namesIn(second)).toEqual(['shop/a'])
  second.put(aConfigMap('b'))
  second.close()
  const third = openStore(folder)
  expect(namesIn(third)).toEqual(['shop/a', 'shop/b'])
  third.close()
})

test('a log that grew long is written anew', () => {
  const folder = aFolder()
  const store = openStore(folder)
  for (let write = 0; write <= SPARE_LINES_MAX; write++) {
    store.put(aConfigMap('a', 'shop', { write: String(write) }))
  }
  const lines = readFileSync(join(folder, 'objects.jsonl'), 'utf8').trim().split('\n')
  expect(lines.length).toBeLessThan(10)
  store.close()
  expect(openStore(folder).get('/ConfigMap', 'shop', 'a')?.['data']).toEqual({
    write: String(SPARE_LINES_MAX),
  })
})

test('events are known for a while, and not from before the start', () => {
  const folder = aFolder()
  const first = openStore(folder)
  first.put(aConfigMap('a'))
  first.close()
  const store = openStore(folder)
  const start = store.revision()
  store.put(aConfigMap('b'))
  expect(store.eventsSince(start)?.map(({ type, object }) => [type, object.metadata.name])).toEqual(
    [['ADDED', 'b']],
  )
  expect(store.eventsSince(start - 1)).toBeUndefined()
  for (let write = 0; write <= 2 * EVENTS_MAX; write++)
    store.put(aConfigMap('b', 'shop', { write }))
  expect(store.eventsSince(start)).toBeUndefined()
  expect(store.eventsSince(store.revision() - 10)).toHaveLength(10)
  store.close()
})
