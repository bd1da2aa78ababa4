import type { LiveRecord } from '../app/status.ts'
import type { ManagedFieldsEntry, Manifest } from '../manifest/manifest.ts'
import { digestJson, digestText } from '../std/digest.ts'

/**
 * Digest of the fields that `manager` owns by server-side apply, empty when it owns none. Whoever
 * changes, removes or takes over one of them changes it; status and fields of others do not
 * (DESIGN 6). Metadata is enough to compute it.
 */
export function fingerprintOf(live: Manifest, manager: string): string {
  const fields = (live.metadata.managedFields ?? [])
    .filter((entry) => isApplyEntry(entry, manager))
    .map((entry) => digestJson(entry.fieldsV1))
    .toSorted()
  return fields.length === 0 ? '' : digestText(fields.join())
}

/** What to remember of a live object, so that it need not be compared again until it moves. */
export function liveRecordOf(
  live: Manifest,
  manager: string,
  seen: { readonly targetDigest?: string; readonly now: number },
): LiveRecord {
  const { uid = '', resourceVersion = '', generation } = live.metadata
  return {
    uid,
    resourceVersion,
    ...(generation !== undefined && { generation }),
    fingerprint: fingerprintOf(live, manager),
    ...(seen.targetDigest !== undefined && { targetDigest: seen.targetDigest }),
    verifiedAt: seen.now,
  }
}

/**
 * Whether a live object is, in all that concerns us, the one that was recorded: the same object,
 * and either not written at all, or neither our fields nor its `generation` moved. A kind without
 * `generation`, or an object of which we own no field, has moved with every write.
 */
export function isUnmoved(record: LiveRecord, live: Manifest, manager: string): boolean {
  const { uid, resourceVersion, generation } = live.metadata
  if (uid === undefined || uid !== record.uid) return false
  if (resourceVersion !== undefined && resourceVersion === record.resourceVersion) return true
  return (
    generation !== undefined &&
    generation === record.generation &&
    record.fingerprint !== '' &&
    record.fingerprint === fingerprintOf(live, manager)
  )
}

/** The entries of a manager's applies to the object itself, not to a subresource. */
export const isApplyEntry = (entry: ManagedFieldsEntry, manager: string): boolean =>
  entry.manager === manager && entry.operation === 'Apply' && !isOfSubresource(entry)

export const isOfSubresource = ({ subresource }: ManagedFieldsEntry): boolean =>
  subresource !== undefined && subresource !== ''
