import type { Cluster } from '../cluster/port.ts'
import type { ResourceState } from '../app/status.ts'
import { describeFault, faultOf, traitsOf } from '../fault/fault.ts'
import { keyOf, keyText } from '../manifest/key.ts'
import { trackingAppOf } from '../manifest/tracking.ts'
import { getApplication, wake } from '../state/applications.ts'
import {
  beginSweep,
  type Creation,
  forgetCreations,
  notedCreations,
  recordContact,
  recordSweep,
  type SweptKind,
  sweptKinds,
} from '../state/clusters.ts'
import { LEASE_MS } from '../state/rounds.ts'
import { readWhole } from '../state/whole-application.ts'
import type { ClusterRecord } from '../state/records.ts'
import { digestText } from '../std/digest.ts'
import { mapPool } from '../std/pool.ts'
import { openCluster } from './open-cluster.ts'
import type { Ports } from './ports.ts'

const KINDS_AT_ONCE = 4
const APPS_AT_ONCE = 16

/** Objects of one kind that Applications own: key → `[resourceVersion, Application]`. */
type SeenObjects = Readonly<Record<string, readonly [version: string, app: string]>>

/**
 * Sweeps a cluster for drift: one metadata list for each kind that Applications keep there. What
 * moved since the last sweep, and not by the Application's own hand, wakes its Application. Idle it
 * costs one request a kind, two reads and one write. A list that fails wakes nobody: what could not be read is
 * not drift (law 7).
 */
export async function sweepCluster(ports: Ports, tenant: string, server: string): Promise<void> {
  const due = ports.clock.now() + ports.intervals.sweepMs
  const record = await beginSweep(ports.state, tenant, server, due)
  if (record === undefined) return
  try {
    const cluster = await openCluster(ports, record)
    if (record.serverVersion === undefined || record.error !== undefined) {
      const serverVersion = await cluster.version()
      await recordContact(ports.state, record, { serverVersion, at: ports.clock.now() })
    }
    const beganAt = ports.clock.now()
    const creations = await notedCreations(ports.state, tenant, server)
    const kinds = await sweptKinds(ports.state, tenant, server)
    const swept = await mapPool(kinds, KINDS_AT_ONCE, (kind) =>
      sweepKind(ports, cluster, record, kind),
    )
    await wakeSuspects(ports, tenant, mergeSuspects(swept))
    await wakeBereft(ports, tenant, { creations, swept })
    // Only now: a sweep that dies before has woken nobody, and the next one must see the same moves.
    await mapPool(swept, KINDS_AT_ONCE, (one) => rememberSweep(ports, record, one))
    const settled = creations.filter(({ at }) => at + LEASE_MS < beganAt)
    await forgetCreations(ports.state, tenant, server, settled)
  } catch (error) {
    const fault = faultOf(error)
    if (traitsOf(fault).blame === 'system') throw error
    await recordContact(ports.state, record, { error: describeFault(fault), at: ports.clock.now() })
    ports.log.error('cluster.sweep-failed', { tenant, server, code: fault.code })
  }
}

/** Objects that moved: Application → key → resourceVersion, '' for an object that is gone. */
type Suspects = ReadonlyMap<string, ReadonlyMap<string, string>>

interface Swept {
  readonly kind: SweptKind
  /** Keys of the objects that are there; absent when the kind could not be listed. */
  readonly keys?: ReadonlySet<string>
  readonly suspects: Suspects
  /** Absent when nothing changed. */
  readonly body?: string
}

async function sweepKind(
  ports: Ports,
  cluster: Cluster,
  record: ClusterRecord,
  kind: SweptKind,
): Promise<Swept> {
  const info = await cluster.kindOf(kind.group, kind.kind)
  if (info === undefined) return { kind, suspects: new Map() }
  const { items } = await cluster.listMetadata(info)
  const now: Record<string, readonly [string, string]> = {}
  for (const item of items) {
    const app = trackingAppOf(item)
    if (app !== undefined) now[keyText(keyOf(item))] = [item.metadata.resourceVersion ?? '', app]
  }
  const body = JSON.stringify(now)
  const seen = digestText(body)
  const keys = new Set(Object.keys(now))
  if (seen === kind.seen) return { kind, keys, suspects: new Map() }
  const before = await seenBefore(ports, record, kind)
  return { kind: { ...kind, seen }, keys, suspects: movedObjects(before, now), body }
}

async function seenBefore(
  ports: Ports,
  record: ClusterRecord,
  kind: SweptKind,
): Promise<SeenObjects> {
  if (kind.seen === undefined) return {}
  const bytes = await ports.blobs.get(record.tenant, kind.seen)
  return bytes === undefined ? {} : (JSON.parse(new TextDecoder().decode(bytes)) as SeenObjects)
}

async function rememberSweep(ports: Ports, record: ClusterRecord, swept: Swept): Promise<void> {
  if (swept.body === undefined || swept.kind.seen === undefined) return
  await ports.blobs.put(record.tenant, swept.kind.seen, new TextEncoder().encode(swept.body))
  await recordSweep(ports.state, record.tenant, record.server, swept.kind)
}

/** What appeared, changed or vanished between two sweeps, by Application. Pure. */
export function movedObjects(before: SeenObjects, now: SeenObjects): Suspects {
  const moved = new Map<string, Map<string, string>>()
  const add = (app: string, key: string, version: string): void => {
    const objects = moved.get(app) ?? new Map<string, string>()
    moved.set(app, objects.set(key, version))
  }
  for (const [key, [version, app]] of Object.entries(now)) {
    if (before[key]?.[0] !== version) add(app, key, version)
  }
  for (const [key, [, app]] of Object.entries(before)) {
    if (now[key]?.[1] !== app) add(app, key, '')
  }
  return moved
}

function mergeSuspects(swept: readonly Swept[]): Suspects {
  const all = new Map<string, ReadonlyMap<string, string>>()
  for (const { suspects } of swept) {
    for (const [app, objects] of suspects) {
      all.set(app, new Map([...(all.get(app) ?? []), ...objects]))
    }
  }
  return all
}

async function wakeSuspects(ports: Ports, tenant: string, suspects: Suspects): Promise<void> {
  const drifted = await mapPool([...suspects], APPS_AT_ONCE, async ([app, objects]) =>
    (await isOwnDoing(ports, tenant, app, objects)) ? [] : [app],
  )
  await wakeAll(ports, tenant, drifted.flat())
}

async function wakeAll(ports: Ports, tenant: string, apps: readonly string[]): Promise<void> {
  const now = ports.clock.now()
  const woken = await mapPool(apps, APPS_AT_ONCE, async (name) => {
    const record = await wake(ports.state, tenant, name, { level: 'observe', now })
    return record === undefined ? [] : [{ tenant, name }]
  })
  const hints = woken.flat()
  if (hints.length === 0) return
  await ports.queue.send('app', hints)
  ports.log.info('cluster.drift', { tenant, apps: hints.length })
}

/**
 * Wakes Applications that created objects lately and have lost some again before any sweep saw
 * them. Two reads for each that created something since the last sweep.
 */
async function wakeBereft(
  ports: Ports,
  tenant: string,
  found: { readonly creations: readonly Creation[]; readonly swept: readonly Swept[] },
): Promise<void> {
  const lists = new Map(found.swept.map(({ kind, keys }) => [`${kind.group}/${kind.kind}`, keys]))
  const apps = [...new Set(found.creations.map(({ app }) => app))]
  const bereft = await mapPool(apps, APPS_AT_ONCE, async (app) => {
    const resources = await recordedResources(ports, tenant, app)
    const hasLost = resources.some(({ key, live }) => {
      const keys = lists.get(`${key.group}/${key.kind}`)
      return live !== undefined && keys !== undefined && !keys.has(keyText(key))
    })
    return hasLost ? [app] : []
  })
  await wakeAll(ports, tenant, bereft.flat())
}

async function recordedResources(
  ports: Ports,
  tenant: string,
  app: string,
): Promise<readonly ResourceState[]> {
  const record = await getApplication(ports.state, tenant, app)
  const whole = record === undefined ? undefined : await readWhole(ports, record, ['resources'])
  return whole?.documents.resources ?? []
}

/** The Application itself saw, or made, every one of these moves. Two reads in place of a look. */
async function isOwnDoing(
  ports: Ports,
  tenant: string,
  app: string,
  objects: ReadonlyMap<string, string>,
): Promise<boolean> {
  const resources = await recordedResources(ports, tenant, app)
  const known = new Map(
    resources.map((resource) => [keyText(resource.key), resource.live?.resourceVersion ?? '']),
  )
  return [...objects].every(([key, version]) => (known.get(key) ?? '') === version)
}
