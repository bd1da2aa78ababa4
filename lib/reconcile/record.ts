import { isAutomated } from '../app/application.ts'
import { type HistoryEntry, type OperationState, isFinished } from '../app/status.ts'
import { describeFault, type Fault, faultOf, traitsOf } from '../fault/fault.ts'
import { dropDocuments, type DocumentContents, stageDocuments } from '../state/documents.ts'
import type { ApplicationRecord, Summary } from '../state/records.ts'
import { type Commit, commitRound } from '../state/rounds.ts'
import { keyText } from '../manifest/key.ts'
import { toResourceState } from './compared.ts'
import { inventoryDue } from './inventory.ts'
import type { Look } from './look.ts'
import { endAttempt } from './operation.ts'
import type { Ports } from './ports.ts'
import type { Acted } from './act.ts'
import type { RoundDocuments } from './round.ts'
import { subscriptionsOf, unsubscribe, without } from './subscribe.ts'
import { announceKinds } from './announce-kinds.ts'
import {
  appHealthOf,
  asUnknown,
  type Finding,
  imagesOfAll,
  summarise,
  syncStatusOf,
} from './summarise.ts'
import { dueAfterFailure, nextDue } from './next-due.ts'

export const HISTORY_LIMIT_DEFAULT = 10

export interface RoundEnd {
  readonly documents: RoundDocuments
  readonly seen: Look
  readonly acted: Acted
  /** What automated sync said when it did not begin. */
  readonly rest: { readonly condition?: string; readonly due?: number }
  readonly verify: boolean
  /** The operation was already under way with a snapshot of its own. */
  readonly isPinned: boolean
}

/**
 * Stage 7. Writes side documents whose content changed, then makes them true with the one
 * conditional update of the round (law 2), and hints at the next look when it is near.
 */
export async function recordRound(ports: Ports, round: RoundEnd): Promise<void> {
  const { seen, acted, rest } = round
  const { record, operation, resources } = acted
  const before = record.seen.summary
  const now = ports.clock.now()

  const swept = await announceKinds(ports, record.tenant, {
    server: seen.server,
    before: before?.swept,
    inventory: acted.inventory,
  })
  const findings: readonly Finding[] = [
    ...seen.findings,
    ...(rest.condition === undefined
      ? []
      : [{ type: 'SyncError', message: rest.condition } as const]),
  ]
  const summary: Summary = {
    ...summarise(before, {
      sync: syncStatusOf(resources),
      health: appHealthOf(resources),
      snapshot: seen.resolved.snapshot,
      findings,
      sourceTypes: seen.sourceTypes,
      images: imagesOfAll(resources),
      operation: operationSummary(operation) ?? before?.operation,
      verifiedAt: round.verify || before === undefined ? now : before.verifiedAt,
      now,
    }),
    subscriptions: subscriptionsOf(record),
    swept,
  }
  const history = historyWith(round.documents.history ?? [], operation, record)
  await commit(ports, record, {
    contents: {
      resources: resources
        .map(toResourceState)
        .toSorted((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1)),
      inventory: acted.inventory,
      ...(operation === undefined ? {} : { operation }),
      ...(history === undefined ? {} : { history }),
    },
    summary,
    operation,
    due: nextDue(record, summary, {
      intervals: ports.intervals,
      now,
      asked: [
        acted.due,
        rest.due,
        inventoryDue(acted.inventory, resources, { server: seen.server, now }),
      ],
      isUndecided:
        operation !== undefined &&
        isFinished(operation.phase) &&
        (round.isPinned ||
          hasOwnRevisions(operation) ||
          (summary.sync === 'OutOfSync' && isAutomated(record.spec))),
    }),
    now,
  })
}

/** A look that came to nothing: says why, keeps what was known, ends the attempt to sync. */
export async function recordFailure(
  ports: Ports,
  round: {
    readonly record: ApplicationRecord
    readonly documents: RoundDocuments
    readonly operation: OperationState | undefined
    readonly error: unknown
  },
): Promise<void> {
  const { record, documents } = round
  const before = record.seen.summary
  const now = ports.clock.now()
  const fault = faultOf(round.error)
  const finding = findingOf(fault)
  const ended =
    round.operation === undefined || round.operation.retryAt !== undefined
      ? { operation: round.operation }
      : endAttempt(round.operation, 'Error', { message: finding.message, now })

  const summary: Summary = {
    ...summarise(before, {
      sync: 'Unknown',
      health: before?.health ?? { status: 'Unknown' },
      snapshot: before?.snapshot,
      findings: [finding],
      sourceTypes: before?.sourceTypes ?? [],
      images: before?.images ?? [],
      operation: operationSummary(ended.operation) ?? before?.operation,
      verifiedAt: before?.verifiedAt ?? now,
      now,
    }),
    subscriptions: subscriptionsOf(record),
    ...(before?.swept === undefined ? {} : { swept: before.swept }),
  }
  ports.log.info('application.look-failed', {
    tenant: record.tenant,
    app: record.name,
    code: fault.code,
  })
  await commit(ports, record, {
    contents: {
      resources: asUnknown(documents.resources ?? []),
      ...(ended.operation === undefined ? {} : { operation: ended.operation }),
    },
    summary,
    operation: ended.operation,
    due: dueAfterFailure(record, summary, {
      intervals: ports.intervals,
      now,
      asked: ['due' in ended ? ended.due : undefined],
      mayPass: traitsOf(fault).retry,
    }),
    now,
  })
}

interface RoundCommit {
  readonly contents: { readonly [P in keyof DocumentContents]?: DocumentContents[P] }
  readonly summary: Summary
  readonly operation: OperationState | undefined
  readonly due: number
  readonly now: number
}

async function commit(ports: Ports, record: ApplicationRecord, round: RoundCommit): Promise<void> {
  const { operation, summary, due, now } = round
  const staged = await stageDocuments(ports, record, round.contents, () => ports.ids.next())
  const runs = operation !== undefined && !isFinished(operation.phase)
  const isRequested = operation !== undefined && operation.operation.id === record.operation?.id
  const entry: Commit = {
    summary,
    documents: staged.documents,
    ...(runs ? { running: operation.operation.id } : {}),
    ...(isRequested ? { taken: operation.operation.id } : {}),
    due,
    now,
  }
  const after = await commitRound(ports.state, record, entry)
  if (after === undefined) {
    ports.log.info('application.fence-lost', { tenant: record.tenant, app: record.name })
    return
  }
  await dropDocuments(ports.state, record.tenant, staged.stale)
  const stale = without(record.seen.summary?.subscriptions ?? [], summary.subscriptions)
  await unsubscribe(ports, record, stale)
  await hintAt(ports, record, after.due ?? due)
}

/** Hints further ahead than this are left to the poller. */
const HINT_AHEAD_MS = 60_000

async function hintAt(ports: Ports, record: ApplicationRecord, due: number): Promise<void> {
  const inMs = due - ports.clock.now()
  if (inMs > HINT_AHEAD_MS) return
  const delaySeconds = Math.max(0, Math.ceil(inMs / 1000))
  await ports.queue.send('app', [{ tenant: record.tenant, name: record.name }], { delaySeconds })
}

/** What is wrong, under the name that Argo CD's clients look for (1.21). */
function findingOf(fault: Fault): Finding {
  const message = describeFault(fault)
  switch (fault.code) {
    case 'InvalidArgument':
    case 'Unimplemented':
    case 'ClusterNotRegistered':
      return { type: 'InvalidSpecError', message }
    case 'ClusterUnreachable':
    case 'ClusterRefused':
    case 'KubernetesError':
      return { type: 'ComparisonError', message: `Failed to load live state: ${message}` }
    default:
      return { type: 'ComparisonError', message: `Failed to load target state: ${message}` }
  }
}

const operationSummary = (operation: OperationState | undefined): Summary['operation'] =>
  operation === undefined
    ? undefined
    : {
        id: operation.operation.id,
        phase: operation.phase,
        startedAt: operation.startedAt,
        ...(operation.finishedAt === undefined ? {} : { finishedAt: operation.finishedAt }),
      }

const hasOwnRevisions = ({ operation }: OperationState): boolean =>
  operation.initiatedBy.automated !== true &&
  (operation.sync.revisions !== undefined || operation.sync.sources !== undefined)

/** History after the operation: only whole, real and successful syncs are in it (Argo CD 6.11). */
function historyWith(
  history: readonly HistoryEntry[],
  operation: OperationState | undefined,
  record: ApplicationRecord,
): readonly HistoryEntry[] | undefined {
  if (operation?.phase !== 'Succeeded' || operation.finishedAt === undefined) return undefined
  const { sync, initiatedBy } = operation.operation
  if (sync.dryRun === true || sync.resources !== undefined) return undefined
  const entry: HistoryEntry = {
    id: (history.at(-1)?.id ?? -1) + 1,
    revisions: operation.snapshot.revisions,
    sources: operation.sources,
    deployStartedAt: operation.startedAt,
    deployedAt: operation.finishedAt,
    initiatedBy,
  }
  const limit = record.spec.revisionHistoryLimit ?? HISTORY_LIMIT_DEFAULT
  return limit === 0 ? [] : [...history, entry].slice(-limit)
}
