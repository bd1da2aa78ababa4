import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Manifest, splitApiVersion } from '../../lib/manifest/manifest.ts'
import { isObject, parseJson, stringifyJson } from '../../lib/std/json.ts'

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** `group/Kind`. */
  readonly collection: string
  readonly revision: number
  readonly object: Manifest
  /** Before a change; a watch with a selector tells by it who left. */
  readonly former?: Manifest
}

/** Objects of all kinds with one revision counter, as etcd keeps them. Objects are never mutated. */
export interface Store {
  revision(): number
  get(collection: string, namespace: string, name: string): Manifest | undefined
  /** In the order of namespace and name; an empty namespace means all. */
  list(collection: string, namespace: string): readonly Manifest[]
  collections(): readonly string[]
  /** Writes an object under a new revision, which it answers with. */
  put(object: Manifest): Manifest
  remove(object: Manifest): Manifest
  /** Events after a revision; `undefined` when they are no longer known. */
  eventsSince(revision: number): readonly StoreEvent[] | undefined
  onEvent(listener: (event: StoreEvent) => void): () => void
  close(): void
}

/** Changes that a watch may resume over; older ones answer 410. */
export const EVENTS_MAX = 10_000
/** The log is written anew when it holds this many lines more than there are objects. */
export const SPARE_LINES_MAX = 20_000

const collectionOf = (object: Manifest): string =>
  `${splitApiVersion(object.apiVersion).group}/${object.kind}`

const keyOfObject = (object: Manifest): string =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`

/** A store in memory whose changes are appended to a log in `folder`, and read from there. */
export function openStore(folder: string | undefined): Store {
  const objects = new Map<string, Map<string, Manifest>>()
  const listeners = new Set<(event: StoreEvent) => void>()
  let events: StoreEvent[] = []
  let revision = 1
  const log = folder === undefined ? undefined : openLog(folder, load)
  let forgotten = revision

  function load(line: LogLine): void {
    revision = Math.max(revision, line.revision)
    if (line.object !== undefined)
      collection(collectionOf(line.object)).set(keyOfObject(line.object), line.object)
    else objects.get(line.collection)?.delete(line.key)
  }
  function collection(name: string): Map<string, Manifest> {
    const found = objects.get(name) ?? new Map<string, Manifest>()
    objects.set(name, found)
    return found
  }
  function record(event: StoreEvent, line: LogLine): void {
    events.push(event)
    if (events.length > 2 * EVENTS_MAX) {
      events = events.slice(-EVENTS_MAX)
      forgotten = (events[0]?.revision ?? revision) - 1
    }
    log?.append(line, () => [...objects.values()].flatMap((kind) => [...kind.values()]))
    for (const listener of listeners) listener(event)
  }

  return {
    revision: () => revision,
    get: (name, namespace, object) => objects.get(name)?.get(`${namespace}/${object}`),
    list(name, namespace) {
      const found = [...(objects.get(name) ?? [])]
        .filter(([key]) => namespace === '' || key.startsWith(`${namespace}/`))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
      return found.map(([, object]) => object)
    },
    collections: () => [...objects.keys()],
    put(draft) {
      revision += 1
      const object = withRevision(draft, revision)
      const name = collectionOf(object)
      const key = keyOfObject(object)
      const former = collection(name).get(key)
      collection(name).set(key, object)
      const base = { collection: name, revision, object }
      const event: StoreEvent =
        former === undefined ? { type: 'ADDED', ...base } : { type: 'MODIFIED', ...base, former }
      record(event, { revision, collection: name, key, object })
      return object
    },
    remove(last) {
      revision += 1
      const name = collectionOf(last)
      const key = keyOfObject(last)
      const former = objects.get(name)?.get(key) ?? last
      objects.get(name)?.delete(key)
      const object = withRevision(last, revision)
      const event = { type: 'DELETED', collection: name, revision, object, former } as const
      record(event, { revision, collection: name, key })
      return object
    },
    eventsSince: (since) =>
      since < forgotten ? undefined : events.filter((event) => event.revision > since),
    onEvent(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => log?.close(),
  }
}

const withRevision = (object: Manifest, revision: number): Manifest => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
})

interface LogLine {
  readonly revision: number
  readonly collection: string
  readonly key: string
  /** Absent when the object was removed. */
  readonly object?: Manifest
}

/** One JSON line a change; the last may be torn by a crash, and is then not believed. */
function openLog(folder: string, load: (line: LogLine) => void) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'objects.jsonl')
  const live = new Map<string, LogLine>()
  let revision = 1
  for (const line of existsSync(path) ? readLines(path) : []) {
    load(line)
    revision = Math.max(revision, line.revision)
    if (line.object === undefined) live.delete(`${line.collection} ${line.key}`)
    else live.set(`${line.collection} ${line.key}`, line)
  }
  let file = rewrite(path, [...live.values()], revision)
  let spare = 0

  return {
    append(line: LogLine, all: () => readonly Manifest[]): void {
      revision = line.revision
      writeSync(file, `${stringifyJson(line)}\n`)
      spare += 1
      if (spare < SPARE_LINES_MAX) return
      closeSync(file)
      const lines = all().map((object) => ({
        revision: Number(object.metadata.resourceVersion),
        collection: collectionOf(object),
        key: keyOfObject(object),
        object,
      }))
      file = rewrite(path, lines, revision)
      spare = 0
    },
    close: () => closeSync(file),
  }
}

function* readLines(path: string): Generator<LogLine> {
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    const line = text === '' ? undefined : tryParse(text)
    if (isObject(line)) yield line as unknown as LogLine
  }
}

function tryParse(text: string) {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** The revision is kept even when the objects that had it are gone: it must never run backwards. */
function rewrite(path: string, lines: readonly LogLine[], revision: number): number {
  const unfinished = openSync(`${path}.new`, 'w', 0o600)
  writeSync(unfinished, `${stringifyJson({ revision, collection: '', key: '' })}\n`)
  for (const line of lines) writeSync(unfinished, `${stringifyJson(line)}\n`)
  closeSync(unfinished)
  renameSync(`${path}.new`, path)
  return openSync(path, 'a', 0o600)
}
