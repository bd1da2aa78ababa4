import type { ApplicationSource } from '../app/application.ts'
import type { Operation, OperationState, ResourceResult } from '../app/status.ts'
import { isFinished } from '../app/status.ts'
import { toRfc3339 } from '../std/rfc3339.ts'
import type {
  OperationJson,
  OperationStateJson,
  ResourceResultJson,
  SyncOperationJson,
  SyncResultJson,
} from './application-json.ts'

export const presentOperation = (operation: Operation): OperationJson => ({
  sync: presentSyncOperation(operation),
  initiatedBy: operation.initiatedBy,
  ...(operation.info === undefined ? {} : { info: operation.info }),
  retry: operation.retry ?? {},
})

/** `terminate` names the operation that a person asked to end: it shows as Terminating until it has. */
export function presentOperationState(
  state: OperationState,
  terminate: string | undefined,
): OperationStateJson {
  const isEnding = terminate === state.operation.id && !isFinished(state.phase)
  const message = isEnding ? 'operation is terminating' : state.message
  return {
    operation: presentOperation(state.operation),
    phase: isEnding ? 'Terminating' : state.phase,
    ...(message === '' ? {} : { message }),
    syncResult: {
      ...(state.results.length === 0 ? {} : { resources: state.results.map(presentResult) }),
      ...presentRevisions(state.snapshot.revisions, state.sources),
    },
    startedAt: toRfc3339(state.startedAt),
    ...(state.finishedAt === undefined ? {} : { finishedAt: toRfc3339(state.finishedAt) }),
    ...(state.retryCount === 0 ? {} : { retryCount: state.retryCount }),
  }
}

function presentSyncOperation({ sync }: Operation): SyncOperationJson {
  const force = sync.force === true ? { force: true } : {}
  const [revision] = sync.revisions ?? []
  const [source] = sync.sources ?? []
  const isMulti = (sync.revisions?.length ?? sync.sources?.length ?? 1) > 1
  return {
    ...(isMulti || revision === undefined ? {} : { revision }),
    ...(sync.prune === true ? { prune: true } : {}),
    ...(sync.dryRun === true ? { dryRun: true } : {}),
    ...(sync.strategy === undefined ? {} : { syncStrategy: { [sync.strategy]: force } }),
    ...(sync.resources === undefined ? {} : { resources: sync.resources }),
    ...(isMulti || source === undefined ? {} : { source }),
    ...(sync.syncOptions === undefined ? {} : { syncOptions: sync.syncOptions }),
    ...(isMulti && sync.sources !== undefined ? { sources: sync.sources } : {}),
    ...(isMulti && sync.revisions !== undefined ? { revisions: sync.revisions } : {}),
  }
}

const presentRevisions = (
  revisions: readonly string[],
  sources: readonly ApplicationSource[],
): Pick<SyncResultJson, 'revision' | 'revisions' | 'source' | 'sources'> => {
  const [source] = sources
  return sources.length > 1
    ? { revision: '', sources, revisions }
    : { revision: revisions[0] ?? '', ...(source === undefined ? {} : { source }) }
}

const presentResult = (result: ResourceResult): ResourceResultJson => ({
  group: result.key.group,
  version: result.version,
  kind: result.key.kind,
  namespace: result.key.namespace,
  name: result.key.name,
  ...(result.status === undefined ? {} : { status: result.status }),
  ...(result.message === undefined ? {} : { message: result.message }),
  ...(result.hookType === undefined ? {} : { hookType: result.hookType }),
  ...(result.hookPhase === undefined ? {} : { hookPhase: result.hookPhase }),
  syncPhase: result.syncPhase,
})
