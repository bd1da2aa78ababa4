import type { OperationState } from '../app/status.ts'
import type { Cluster } from '../cluster/port.ts'
import type { InventoryEntry } from '../state/documents.ts'
import type { ApplicationRecord, LookLevel } from '../state/records.ts'
import { REASONS_MAX } from '../sync/operation-limits.ts'
import { compare } from './compare.ts'
import type { Compared } from './compared.ts'
import { inventoryAfterLook } from './inventory.ts'
import { observe } from './observe.ts'
import { findCluster, openCluster } from './open-cluster.ts'
import type { Ports } from './ports.ts'
import { render } from './render.ts'
import { resolve, type Resolved } from './resolve.ts'
import type { RoundDocuments } from './round.ts'
import type { Finding } from './summarise.ts'

export interface LookRequest {
  readonly record: ApplicationRecord
  readonly documents: RoundDocuments
  readonly level: LookLevel
  /** Compare everything by dry-run, whatever the records say. */
  readonly verify: boolean
  readonly operation: OperationState | undefined
}

/** Everything that the first four stages found out. */
export interface Look {
  readonly resolved: Resolved
  readonly sourceTypes: readonly string[]
  readonly cluster: Cluster
  readonly server: string
  readonly resources: readonly Compared[]
  /** Without what has been gone, or not ours any more, for long enough. */
  readonly inventory: readonly InventoryEntry[]
  readonly findings: readonly Finding[]
  /** Every live object was fetched. */
  readonly isFull: boolean
}

/** Stages 1 to 4: resolve, render, observe, compare. Reads only; throws the stages' faults. */
export async function look(ports: Ports, request: LookRequest): Promise<Look> {
  const { record, documents, level, operation } = request
  const { tenant, name, spec } = record
  const beganAt = ports.clock.now()
  const pinned = operation?.snapshot.revisions.length ? operation.snapshot.revisions : undefined
  const revisions = pinned ?? operation?.operation.sync.revisions

  const resolved = await resolve(ports, record, {
    fresh: revisions === undefined && (level === 'refresh' || level === 'hard'),
    ...(revisions === undefined ? {} : { revisions }),
    ...(operation === undefined ? {} : { sources: operation.sources }),
  })
  const rendered = await render(ports, tenant, resolved, { useCache: level !== 'hard' })

  const registered = await findCluster(ports, tenant, spec.destination)
  const cluster = await openCluster(ports, registered)
  const { server } = registered
  const inventory = documents.inventory ?? []
  const isFull = level !== 'look' || request.verify
  const { observed, warnings } = await observe(cluster, {
    app: name,
    namespace: spec.destination.namespace ?? '',
    manifests: rendered.manifests,
    inventory: inventory.filter((entry) => entry.server === server),
    previous: documents.resources ?? [],
    scope: isFull ? 'all' : 'changed',
  })
  const resources = await compare(cluster, observed, {
    app: name,
    ignoreDifferences: spec.ignoreDifferences ?? [],
    now: ports.clock.now(),
    verify: request.verify,
  })
  return {
    resolved,
    sourceTypes: rendered.sourceTypes,
    cluster,
    server,
    resources,
    inventory: inventoryAfterLook(inventory, resources, { server, now: beganAt }),
    findings: [
      ...warnings,
      ...sharedFindings(name, resources),
      ...unreadableFindings(resources),
      ...leftElsewhere(inventory, server),
    ],
    isFull,
  }
}

const sharedFindings = (app: string, resources: readonly Compared[]): readonly Finding[] =>
  resources.flatMap(({ key, sharedWith }) =>
    sharedWith === undefined
      ? []
      : [
          {
            type: 'SharedResourceWarning',
            message: `${key.kind}/${key.name} is part of applications ${app} and ${sharedWith}`,
          } as const,
        ],
  )

/** What could not be read is kept and said so, once for each reason (law 7). */
function unreadableFindings(resources: readonly Compared[]): readonly Finding[] {
  const reasons = [...new Set(resources.flatMap(({ unreadable }) => unreadable ?? []))]
  return reasons.slice(0, REASONS_MAX).map((reason) => ({
    type: 'ComparisonError',
    message: `Failed to load live state: ${reason}`,
  }))
}

/** Objects on a cluster that the Application had as its destination before; they stay until it is deleted. */
function leftElsewhere(inventory: readonly InventoryEntry[], server: string): readonly Finding[] {
  const others = inventory.filter((entry) => entry.server !== server)
  const servers = [...new Set(others.map((entry) => entry.server))].toSorted()
  return servers.map((other) => {
    const count = others.filter((entry) => entry.server === other).length
    return {
      type: 'OrphanedResourceWarning',
      message: `${count} objects are left on ${other}, which was the destination before; delete them there, or delete the application with cascade`,
    }
  })
}
