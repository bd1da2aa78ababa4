import type { HistoryEntry, OperationState, ResourceState } from '../app/status.ts'
import type { Blobs } from '../blobs/port.ts'
import { ArgosyError } from '../fault/fault.ts'
import type { ResourceKey } from '../manifest/key.ts'
import { digestText } from '../std/digest.ts'
import { type Item, ITEM_BYTES_MAX, type ItemKey, type SideWrite, type State } from './port.ts'
import type { ApplicationRecord, DocumentName, DocumentRef, Documents } from './records.ts'

/**
 * Side documents of an Application: what is too large or too rarely needed for its item. Each
 * version is immutable and bears a fresh id; it becomes true when a commit points to it (law 2).
 */
export interface DocumentContents {
  readonly resources: readonly ResourceState[]
  /** Everything that was ever applied and is not known to be gone (law 7). */
  readonly inventory: readonly InventoryEntry[]
  readonly operation: OperationState
  readonly history: readonly HistoryEntry[]
}

export interface InventoryEntry {
  readonly key: ResourceKey
  readonly version: string
  /** The cluster that the object was applied to. */
  readonly server: string
  /** Since when no look found it on the cluster; the entry stays for a while (law 3). */
  readonly goneSince?: number
}

export interface DocumentPorts {
  readonly state: State
  readonly blobs: Blobs
}

/**
 * Reads documents with one request, and one more for each that is large enough to be a blob.
 * Throws `Conflict` when the record is older than what is stored by now.
 */
export async function readDocuments<N extends DocumentName>(
  ports: DocumentPorts,
  record: Pick<ApplicationRecord, 'tenant' | 'uid' | 'seen'>,
  names: readonly N[],
): Promise<{ readonly [P in N]?: DocumentContents[P] }> {
  const wanted = names.flatMap((name) => {
    const ref = record.seen.documents[name]
    return ref === undefined ? [] : [{ name, key: documentKey(record.uid, name, ref) }]
  })
  if (wanted.length === 0) return {}

  const items = await ports.state.getMany(
    record.tenant,
    wanted.map(({ key }) => key),
  )
  const bySk = new Map(items.map((item) => [item.sk, item]))
  const contents: { [P in DocumentName]?: unknown } = {}
  for (const { name, key } of wanted) {
    const item = bySk.get(key.sk)
    if (item === undefined) throw goneBy(record, name)
    contents[name] = JSON.parse(await bodyOf(ports, record.tenant, item))
  }
  return contents as { readonly [P in N]?: DocumentContents[P] }
}

/**
 * A newer round has replaced the document since the record was read. It must not count as empty:
 * an empty inventory would be a licence to forget objects (law 7).
 */
const goneBy = ({ uid }: { readonly uid: string }, name: string): ArgosyError =>
  new ArgosyError({
    code: 'Conflict',
    message: `the ${name} of application ${uid} changed while it was read; read it again`,
  })

/** Documents written but not yet pointed to, and the refs with which a commit makes them true. */
export interface StagedDocuments {
  readonly documents: Documents
  /** Items that nothing will point to once `documents` is committed. */
  readonly stale: readonly ItemKey[]
}

/**
 * Writes those documents whose content changed, all in one request. The answer goes into the next
 * commit; `dropDocuments` clears `stale` afterwards.
 */
export async function stageDocuments(
  ports: DocumentPorts,
  record: ApplicationRecord,
  contents: { readonly [P in DocumentName]?: DocumentContents[P] },
  nextId: () => string,
): Promise<StagedDocuments> {
  const documents: Record<string, DocumentRef> = { ...record.seen.documents }
  const writes: SideWrite[] = []
  const stale: ItemKey[] = []

  for (const [name, content] of Object.entries(contents)) {
    const body = JSON.stringify(content)
    const digest = digestText(body)
    const before = documents[name]
    if (before?.digest === digest) continue
    const ref = { id: nextId(), digest }
    documents[name] = ref
    if (before !== undefined) stale.push(documentKey(record.uid, name, before))
    writes.push({
      put: await toItem(ports, record, documentKey(record.uid, name, ref), { body, digest }),
    })
  }
  if (writes.length > 0) await ports.state.writeMany(record.tenant, writes)
  return { documents, stale }
}

/** Deletes documents that no commit points to any more; what a crash leaves behind costs only space. */
export async function dropDocuments(
  state: State,
  tenant: string,
  stale: readonly ItemKey[],
): Promise<void> {
  if (stale.length === 0) return
  await state.writeMany(
    tenant,
    stale.map((key) => ({ delete: key })),
  )
}

/** The keys of everything that belongs to an Application besides its item. */
export const allDocumentKeys = (record: ApplicationRecord): readonly ItemKey[] =>
  Object.entries(record.seen.documents).map(([name, ref]: [string, DocumentRef]) =>
    documentKey(record.uid, name, ref),
  )

const documentKey = (uid: string, name: string, ref: DocumentRef): ItemKey => ({
  pk: `APP#${uid}`,
  sk: `${name}#${ref.id}`,
})

async function toItem(
  ports: DocumentPorts,
  record: ApplicationRecord,
  key: ItemKey,
  content: { readonly body: string; readonly digest: string },
): Promise<Item> {
  const bytes = new TextEncoder().encode(content.body)
  if (bytes.length <= ITEM_BYTES_MAX) return { ...key, body: content.body }
  await ports.blobs.put(record.tenant, content.digest, bytes)
  return { ...key, blob: content.digest }
}

async function bodyOf(ports: DocumentPorts, tenant: string, item: Item): Promise<string> {
  const blob = item['blob']
  if (typeof blob !== 'string') return String(item['body'])
  const bytes = await ports.blobs.get(tenant, blob)
  if (bytes === undefined) throw new Error(`blob ${blob} of document ${item.sk} is lost`)
  return new TextDecoder().decode(bytes)
}
