import type { Cluster } from '../cluster/port.ts'
import { describeFault, faultOf, traitsOf } from '../fault/fault.ts'
import { keyOf, keyText } from '../manifest/key.ts'
import { trackingAppOf } from '../manifest/tracking.ts'
import { getApplication, wake } from '../state/applications.ts'
import {
  beginSweep,
  recordContact,
  recordSweep,
  type SweptKind,
  sweptKinds,
} from '../state/clusters.ts'
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
 * costs one request a kind and one write. A list that fails wakes nobody: what could not be read is
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
    const kinds = await sweptKinds(ports.state, tenant, server)
    const suspects = await mapPool(kinds, KINDS_AT_ONCE, (kind) =>
      sweepKind(ports, cluster, record, kind),
    )
    await wakeSuspects(ports, tenant, mergeSuspects(suspects))
    // Only now: a sweep that dies before has woken nobody, and the next one must see the same moves.
    await mapPool(suspects, KINDS_AT_ONCE, (swept) => rememberSweep(ports, record, swept))
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
  if (seen === kind.seen) return { kind, suspects: new Map() }
  const before = await seenBefore(ports, record, kind)
  return { kind: { ...kind, seen }, suspects: movedObjects(before, now), body }
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
  const now = ports.clock.now()
  const drifted = await mapPool([...suspects], APPS_AT_ONCE, async ([app, objects]) => {
    if (await isOwnDoing(ports, tenant, app, objects)) return []
    const woken = await wake(ports.state, tenant, app, { level: 'observe', now })
    return woken === undefined ? [] : [{ tenant, name: app }]
  })
  const hints = drifted.flat()
  if (hints.length === 0) return
  await ports.queue.send('app', hints)
  ports.log.info('cluster.drift', { tenant, apps: hints.length })
}

/** The Application itself saw, or made, every one of these moves. Two reads in place of a look. */
async function isOwnDoing(
  ports: Ports,
  tenant: string,
  app: string,
  objects: ReadonlyMap<string, string>,
): Promise<boolean> {
  const record = await getApplication(ports.state, tenant, app)
  if (record === undefined) return true
  const whole = await readWhole(ports, record, ['resources'])
  if (whole === undefined) return true
  const { resources = [] } = whole.documents
  const known = new Map(
    resources.map((resource) => [keyText(resource.key), resource.live?.resourceVersion ?? '']),
  )
  return [...objects].every(([key, version]) => (known.get(key) ?? '') === version)
}
