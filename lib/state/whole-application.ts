import { faultOf } from '../fault/fault.ts'
import { getApplication } from './applications.ts'
import { type DocumentContents, type DocumentPorts, readDocuments } from './documents.ts'
import type { ApplicationRecord, DocumentName } from './records.ts'

/** How often the record is read again because a newer round replaced what it points to. */
const ATTEMPTS_MAX = 4

export interface WholeApplication<N extends DocumentName> {
  readonly record: ApplicationRecord
  readonly documents: { readonly [P in N]?: DocumentContents[P] }
}

/**
 * A record with documents that belong to it. One request when the record is the newest; a newer
 * one is read, and answered, when a round was committed in between. `undefined` when the
 * Application is gone by then. Throws `Conflict` when rounds are always faster.
 */
export async function readWhole<N extends DocumentName>(
  ports: DocumentPorts,
  given: ApplicationRecord,
  names: readonly N[],
): Promise<WholeApplication<N> | undefined> {
  let record = given
  for (let attempt = 1; ; attempt++) {
    try {
      return { record, documents: await readDocuments(ports, record, names) }
    } catch (error) {
      if (faultOf(error).code !== 'Conflict' || attempt === ATTEMPTS_MAX) throw error
      const newer = await getApplication(ports.state, record.tenant, record.name)
      if (newer === undefined) return undefined
      record = newer
    }
  }
}
