import { expect, test } from 'vitest'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { BUILT_IN_KINDS, objectAt, textAt } from './kinds.ts'
import { readSelector } from './selectors.ts'
import { openStore } from './store.ts'
import { startWatch } from './watch.ts'

const kind = BUILT_IN_KINDS.find((known) => known.kind === 'ConfigMap')

const aConfigMap = (name: string, labels: Record<string, string> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop', labels },
})

function aWatch(query: string, resourceVersion = '') {
  if (kind === undefined) throw new Error('ConfigMap is not served')
  const store = openStore(undefined)
  const seen: string[] = []
  const start = (from = resourceVersion, initial = false): (() => void) =>
    startWatch(
      store,
      {
        collection: '/ConfigMap',
        namespace: 'shop',
        matches: readSelector(new URLSearchParams(query)),
        presentation: { form: 'object', kind, now: 0, includeObject: 'Metadata' },
        resourceVersion: from,
        allowBookmarks: false,
        sendInitialEvents: initial,
      },
      (event) => {
        const object = objectAt(event, 'object')
        const what = textAt(object, 'metadata', 'name') || textAt(object, 'reason')
        seen.push(`${textAt(event, 'type')} ${what}`.trim())
      },
    )
  return { store, seen, start }
}

test('a watch begins with what is there, and goes on until it is stopped', () => {
  const { store, seen, start } = aWatch('')
  store.put(aConfigMap('a'))
  const stop = start()
  store.put(aConfigMap('a', { x: 'y' }))
  store.put({ ...aConfigMap('other'), metadata: { name: 'other', namespace: 'bank' } })
  store.remove(aConfigMap('a'))
  stop()
  store.put(aConfigMap('b'))
  expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
})

test('a watch resumes after the revision it has seen', () => {
  const { store, seen, start } = aWatch('')
  const { metadata } = store.put(aConfigMap('a'))
  store.put(aConfigMap('b'))
  start(metadata.resourceVersion)
  expect(seen).toEqual(['ADDED b'])
})

test('a revision from before memory is answered by 410', () => {
  const { seen, start } = aWatch('')
  start('0x1')
  start('-5')
  expect(seen).toEqual(['ERROR Expired'])
})

test('who begins or ceases to match a selector comes and goes', () => {
  const { store, seen, start } = aWatch('labelSelector=app%3Dweb&fieldSelector=metadata.name!%3Dz')
  start()
  for (const app of ['db', 'web', 'web', 'db']) store.put(aConfigMap('a', { app }))
  store.put(aConfigMap('z', { app: 'web' }))
  expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
})

test('a streaming list ends with a bookmark', () => {
  const { store, seen, start } = aWatch('')
  store.put(aConfigMap('a'))
  start('', true)
  expect(seen).toEqual(['ADDED a', 'BOOKMARK'])
})
