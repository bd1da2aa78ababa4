import {
  CONTROL_NAMESPACE,
  type ApplicationSource,
  type ApplicationSpec,
  sourcesOf,
} from '../app/application.ts'
import type { Condition, HistoryEntry, ResourceState, Snapshot } from '../app/status.ts'
import { keyText } from '../manifest/key.ts'
import { requestedOperation } from '../state/applications.ts'
import type { DocumentContents } from '../state/documents.ts'
import type { ApplicationRecord, Summary } from '../state/records.ts'
import { toRfc3339 } from '../std/rfc3339.ts'
import type {
  ApplicationJson,
  ConditionJson,
  HistoryJson,
  MetadataJson,
  ResourceStatusJson,
  StatusJson,
  SyncJson,
} from './application-json.ts'
import { presentOperation, presentOperationState } from './present-operation.ts'

export type PresentedDocuments = {
  readonly [N in 'resources' | 'operation' | 'history']?: DocumentContents[N]
}

const CASCADE_FINALIZER = 'resources-finalizer.argocd.argoproj.io'

/** The record in Argo CD's JSON (argocd.md 1.1, 2.1). Pure; documents that are missing show nothing. */
export function presentApplication(
  record: ApplicationRecord,
  documents: PresentedDocuments,
): ApplicationJson {
  const operation = presentPending(record, documents)
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: presentMetadata(record),
    spec: presentSpec(record.spec),
    status: presentStatus(record, documents),
    ...(operation === undefined ? {} : { operation }),
  }
}

/** Fields in the order in which Argo CD prints them. */
function presentSpec({
  source,
  destination,
  project,
  syncPolicy,
  ...rest
}: ApplicationSpec): ApplicationSpec {
  return {
    ...(source === undefined ? {} : { source }),
    destination,
    project,
    ...(syncPolicy === undefined ? {} : { syncPolicy }),
    ...rest,
  }
}

/** The largest version among records, which lists carry as their own (argocd.md 3.7). */
export const listVersion = (records: readonly ApplicationRecord[]): string =>
  String(records.reduce((highest, record) => Math.max(highest, record.version), 0))

function presentMetadata(record: ApplicationRecord): MetadataJson {
  const { deletion, labels, annotations } = record
  return {
    name: record.name,
    namespace: CONTROL_NAMESPACE,
    uid: record.uid,
    resourceVersion: String(record.version),
    generation: record.generation,
    creationTimestamp: toRfc3339(record.createdAt),
    ...(deletion === undefined ? {} : { deletionTimestamp: toRfc3339(deletion.requestedAt) }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(deletion?.cascade === true ? { finalizers: [CASCADE_FINALIZER] } : {}),
  }
}

function presentStatus(record: ApplicationRecord, documents: PresentedDocuments): StatusJson {
  const { summary } = record.seen
  const { resources = [], history = [] } = documents
  return {
    ...(resources.length === 0 ? {} : { resources: sorted(resources).map(presentResource) }),
    sync: presentSync(record, summary),
    health: presentHealth(summary),
    ...(history.length === 0 ? {} : { history: history.map(presentHistory) }),
    ...presentConditions(summary?.conditions ?? []),
    ...(summary === undefined ? {} : { reconciledAt: toRfc3339(summary.reconciledAt) }),
    ...presentResult(record, documents),
    ...presentSourceTypes(summary),
    summary: (summary?.images ?? []).length === 0 ? {} : { images: summary?.images ?? [] },
    controllerNamespace: CONTROL_NAMESPACE,
    sourceHydrator: {},
  }
}

/** A newer operation hides the result of the one before, or waiting clients would end at once. */
function presentResult(
  record: ApplicationRecord,
  { operation }: PresentedDocuments,
): Pick<StatusJson, 'operationState'> {
  if (requestedOperation(record) !== undefined) return {}
  if (operation !== undefined) {
    return { operationState: presentOperationState(operation, record.terminate) }
  }
  const brief = record.seen.summary?.operation
  if (brief === undefined) return {}
  const { phase, startedAt, finishedAt } = brief
  return {
    operationState: {
      phase,
      startedAt: toRfc3339(startedAt),
      ...(finishedAt === undefined ? {} : { finishedAt: toRfc3339(finishedAt) }),
    },
  }
}

function presentPending(record: ApplicationRecord, documents: PresentedDocuments) {
  const requested = requestedOperation(record)
  if (requested !== undefined) return presentOperation(requested)
  const { running } = record.seen
  if (running === undefined) return undefined
  const operation = [documents.operation?.operation, record.operation].find(
    (candidate) => candidate?.id === running,
  )
  return operation === undefined ? undefined : presentOperation(operation)
}

function presentSync(record: ApplicationRecord, summary: Summary | undefined): SyncJson {
  const { spec } = record
  if (summary === undefined) return { status: '', comparedTo: { destination: {} } }
  return {
    status: summary.sync,
    comparedTo: {
      ...(spec.source === undefined ? {} : { source: spec.source }),
      destination: spec.destination,
      ...(spec.sources === undefined ? {} : { sources: spec.sources }),
    },
    ...presentSnapshot(summary.snapshot, spec.sources !== undefined),
  }
}

/** One source has `revision`, several have `revisions`: clients look at one or the other. */
const presentSnapshot = (
  snapshot: Snapshot | undefined,
  isMulti: boolean,
): Pick<SyncJson, 'revision' | 'revisions'> => {
  if (snapshot === undefined) return {}
  return isMulti ? { revisions: snapshot.revisions } : { revision: snapshot.revisions[0] ?? '' }
}

const presentHealth = (summary: Summary | undefined): StatusJson['health'] =>
  summary === undefined
    ? {}
    : { ...summary.health, lastTransitionTime: toRfc3339(summary.healthSince) }

const presentConditions = (
  conditions: readonly Condition[],
): { readonly conditions?: readonly ConditionJson[] } =>
  conditions.length === 0
    ? {}
    : {
        conditions: conditions.map(({ type, message, lastTransitionTime }) => ({
          type,
          message,
          lastTransitionTime: toRfc3339(lastTransitionTime),
        })),
      }

function presentSourceTypes(
  summary: Summary | undefined,
): Pick<StatusJson, 'sourceType' | 'sourceTypes'> {
  const [first, ...others] = summary?.sourceTypes ?? []
  if (first === undefined) return {}
  return others.length === 0 ? { sourceType: first } : { sourceTypes: [first, ...others] }
}

const presentResource = (resource: ResourceState): ResourceStatusJson => ({
  ...(resource.key.group === '' ? {} : { group: resource.key.group }),
  version: resource.version,
  kind: resource.key.kind,
  ...(resource.key.namespace === '' ? {} : { namespace: resource.key.namespace }),
  name: resource.key.name,
  status: resource.status,
  ...(resource.health === undefined ? {} : { health: resource.health }),
  ...(resource.hook === true ? { hook: true } : {}),
  ...(resource.requiresPruning === true ? { requiresPruning: true } : {}),
  ...(resource.syncWave === undefined ? {} : { syncWave: resource.syncWave }),
})

const sorted = (resources: readonly ResourceState[]): readonly ResourceState[] =>
  resources.toSorted((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1))

function presentHistory(entry: HistoryEntry): HistoryJson {
  const [source = NO_SOURCE] = entry.sources
  const isMulti = entry.sources.length > 1
  return {
    ...(isMulti ? {} : { revision: entry.revisions[0] ?? '' }),
    deployedAt: toRfc3339(entry.deployedAt),
    id: entry.id,
    source: isMulti ? NO_SOURCE : source,
    deployStartedAt: toRfc3339(entry.deployStartedAt),
    ...(isMulti ? { sources: entry.sources, revisions: entry.revisions } : {}),
    initiatedBy: entry.initiatedBy,
  }
}

const NO_SOURCE: ApplicationSource = { repoURL: '' }

/** The first source in effect, as clients that know only one show it. */
export const firstSource = (record: Pick<ApplicationRecord, 'spec'>): ApplicationSource =>
  sourcesOf(record.spec)[0] ?? NO_SOURCE
