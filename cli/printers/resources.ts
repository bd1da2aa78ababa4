import type { ApplicationJson, ResourceStatusJson } from '../../lib/manage/application-json.ts'
import { formatTimestamp } from './go-time.ts'
import { formatTable } from './table.ts'

/** One resource as the tables show it. */
export interface ResourceRow {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly status: string
  readonly health: string
  readonly hook: string
  readonly message: string
}

/**
 * First what the last sync did, in its order, with the present state of what is still there; then
 * the other resources by key (argocd.md 4.1).
 */
export function resourceRows(app: ApplicationJson): readonly ResourceRow[] {
  const rest = new Map((app.status.resources ?? []).map((resource) => [keyOf(resource), resource]))
  const synced = (app.status.operationState?.syncResult?.resources ?? []).map((result) => {
    const resource = result.hookType === undefined ? rest.get(keyOf(result)) : undefined
    rest.delete(keyOf(result))
    return {
      ...identity(result),
      status: resource === undefined ? (result.hookPhase ?? '') : (resource.status ?? ''),
      health: resource === undefined ? (result.status ?? '') : (resource.health?.status ?? ''),
      hook: result.hookType ?? '',
      message: result.message ?? '',
    }
  })
  const others = [...rest]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, resource]) => ({
      ...identity(resource),
      status: resource.status ?? '',
      health: resource.health?.status ?? '',
      hook: '',
      message: '',
    }))
  return [...synced, ...others]
}

export const formatResources = (app: ApplicationJson): string =>
  formatTable([
    ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'STATUS', 'HEALTH', 'HOOK', 'MESSAGE'],
    ...resourceRows(app).map((row) => [
      row.group,
      row.kind,
      row.namespace,
      row.name,
      row.status,
      row.health,
      row.hook,
      row.message,
    ]),
  ])

/** Right-aligned rows of `app sync` and `app wait`; `heads` sets the header above them. */
export function formatProgress(rows: readonly ResourceRow[], now: number, heads: boolean): string {
  const lines = rows.map((row) => progressCells(formatTimestamp(now), row))
  return formatTable(heads ? [progressCells('TIMESTAMP', PROGRESS_HEAD), ...lines] : lines, {
    minWidth: 5,
    padding: 2,
  })
}

const PROGRESS_HEAD: ResourceRow = {
  group: 'GROUP',
  kind: 'KIND',
  namespace: 'NAMESPACE',
  name: 'NAME',
  status: 'STATUS',
  health: 'HEALTH',
  hook: 'HOOK',
  message: 'MESSAGE',
}

const progressCells = (time: string, row: ResourceRow): readonly string[] => [
  time,
  row.group.padStart(5),
  row.kind.padStart(10),
  row.namespace.padStart(10),
  row.name.padStart(20),
  row.status.padStart(8),
  row.health.padStart(7),
  row.hook.padStart(10),
  row.message,
]

type Identified = Pick<ResourceStatusJson, 'group' | 'kind' | 'namespace' | 'name'>

const identity = (resource: Identified) => ({
  group: resource.group ?? '',
  kind: resource.kind,
  namespace: resource.namespace ?? '',
  name: resource.name,
})

export const keyOf = (resource: Identified): string => {
  const { group, kind, namespace, name } = identity(resource)
  return `${group}/${kind}/${namespace}/${name}`
}
