import type { Caller } from '../access/caller.ts'
import { CONTROL_NAMESPACE } from '../app/application.ts'
import type { ApplicationRecord } from '../state/records.ts'
import type { ApplicationJson } from './application-json.ts'
import { type ApplicationFilter, findApplications } from './list-applications.ts'
import type { ManagePorts } from './manage-ports.ts'
import { presentApplication } from './present-application.ts'
import { presentWhole } from './read-application.ts'

export interface WatchEventJson {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly application: ApplicationJson
}

export interface WatchOptions {
  /** What the client has seen last; only says that it knew the named Application. */
  readonly resourceVersion?: string
  /** When the watch ends by itself, epoch ms. Clients come again (argocd.md 3.7). */
  readonly until: number
  readonly pollMs: number
  readonly signal: AbortSignal
}

/**
 * What matches now, then every change of it. Versions of different Applications cannot be
 * compared, so the present state always comes first, whatever version the client knows.
 * Yields `undefined` after each look that found nothing new, so that the door may keep the line
 * open.
 */
export async function* watchApplications(
  ports: ManagePorts,
  caller: Caller,
  filter: ApplicationFilter,
  options: WatchOptions,
): AsyncGenerator<WatchEventJson | undefined, void> {
  let known: ReadonlyMap<string, ApplicationRecord> = new Map()
  const { name = '' } = filter
  let isFirst = true

  while (!options.signal.aborted) {
    const records = await findApplications(ports, caller, filter)
    const events = await changesBetween(ports, known, records)
    // Whoever comes again with a version knew the Application: that it is gone is news to him.
    if (isFirst && records.length === 0 && name !== '' && isVersion(options.resourceVersion)) {
      yield { type: 'DELETED', application: nothingLeftOf(name) }
    }
    for (const event of events) yield event
    if (events.length === 0) yield undefined
    known = new Map(records.map((record) => [record.name, record]))
    isFirst = false
    if (ports.clock.now() >= options.until) return
    await ports.sleep(options.pollMs)
  }
}

async function changesBetween(
  ports: ManagePorts,
  known: ReadonlyMap<string, ApplicationRecord>,
  records: readonly ApplicationRecord[],
): Promise<readonly WatchEventJson[]> {
  const events: WatchEventJson[] = []
  for (const record of records) {
    const before = known.get(record.name)
    if (before?.uid === record.uid && before.version === record.version) continue
    const type = before === undefined ? 'ADDED' : 'MODIFIED'
    events.push({ type, application: await presentWhole(ports, record) })
  }
  const present = new Set(records.map((record) => record.name))
  for (const [name, record] of known) {
    if (!present.has(name)) {
      events.push({ type: 'DELETED', application: presentApplication(record, {}) })
    }
  }
  return events
}

const isVersion = (version: string | undefined): boolean =>
  version !== undefined && version !== '' && version !== '0'

const nothingLeftOf = (name: string): ApplicationJson => ({
  metadata: {
    name,
    namespace: CONTROL_NAMESPACE,
    uid: '',
    resourceVersion: '0',
    generation: 0,
    creationTimestamp: '',
  },
  spec: { project: '', destination: {} },
  status: {
    sync: { status: '', comparedTo: { destination: {} } },
    health: {},
    summary: {},
    sourceHydrator: {},
  },
})
