import { isAllowed } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { sourcesOf } from '../app/application.ts'
import { getApplication, listApplications as readApplications } from '../state/applications.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { mapPool } from '../std/pool.ts'
import type { ApplicationJson } from './application-json.ts'
import { objectOf, refuseOtherNamespaces } from './find-application.ts'
import { parseSelector } from '../manifest/label-selector.ts'
import type { ManagePorts } from './manage-ports.ts'
import { listVersion, presentApplication } from './present-application.ts'
import { presentWhole } from './read-application.ts'

export interface ApplicationFilter {
  readonly name?: string
  readonly projects?: readonly string[]
  readonly selector?: string
  readonly repo?: string
  readonly appNamespace?: string
}

export interface ApplicationListJson {
  readonly metadata: { readonly resourceVersion: string }
  readonly items: readonly ApplicationJson[]
}

/** Documents read at once when a list is asked for whole. */
const READS_AT_ONCE = 16

/**
 * The Applications that the caller may get and that match, by name. `detail: 'summary'` leaves out
 * resources, operation state and history, which cost a read each.
 */
export async function listApplications(
  ports: ManagePorts,
  caller: Caller,
  filter: ApplicationFilter,
  detail: 'summary' | 'whole',
): Promise<ApplicationListJson> {
  const records = await findApplications(ports, caller, filter)
  const items =
    detail === 'summary'
      ? records.map((record) => presentApplication(record, {}))
      : await mapPool(records, READS_AT_ONCE, (record) => presentWhole(ports, record))
  return { metadata: { resourceVersion: listVersion(records) }, items }
}

/** Never an error for what the caller may not get: it is left out. */
export async function findApplications(
  ports: Pick<ManagePorts, 'state'>,
  caller: Caller,
  filter: ApplicationFilter,
): Promise<readonly ApplicationRecord[]> {
  refuseOtherNamespaces(filter.appNamespace)
  const matches = matcher(filter)
  const records = await readCandidates(ports, caller.tenant, filter)
  return records.filter(
    (record) => matches(record) && isAllowed(caller, 'applications', 'get', objectOf(record)),
  )
}

/** A name is one read of one item, and whoever waits for an Application asks by its name. */
async function readCandidates(
  ports: Pick<ManagePorts, 'state'>,
  tenant: string,
  { name = '' }: ApplicationFilter,
): Promise<readonly ApplicationRecord[]> {
  if (name === '') return readApplications(ports.state, tenant)
  const record = await getApplication(ports.state, tenant, name)
  return record === undefined ? [] : [record]
}

function matcher(filter: ApplicationFilter): (record: ApplicationRecord) => boolean {
  const { name = '', projects = [], selector = '', repo = '' } = filter
  const selects = parseSelector(selector)
  return (record) =>
    (name === '' || record.name === name) &&
    (projects.length === 0 || projects.includes(record.spec.project)) &&
    (repo === '' || sourcesOf(record.spec).some((source) => source.repoURL === repo)) &&
    selects(record.labels)
}
