import { type Ports } from '../reconcile/ports.ts'
import { readWhole } from '../state/whole-application.ts'
import type { ApplicationRecord } from '../state/records.ts'
import type { ApplicationJson } from './application-json.ts'
import { presentApplication } from './present-application.ts'

/** The whole Application as clients see it: its record and, with one more request, its documents. */
export async function presentWhole(
  ports: Pick<Ports, 'state' | 'blobs'>,
  record: ApplicationRecord,
): Promise<ApplicationJson> {
  const whole = await readWhole(ports, record, ['resources', 'operation', 'history'])
  return whole === undefined
    ? presentApplication(record, {})
    : presentApplication(whole.record, whole.documents)
}
