import { type ApplicationSpec, isAutomated, sourcesOf } from '../../lib/app/application.ts'
import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import { clusterOf, qualifiedName } from './application.ts'
import { formatTable } from './table.ts'

/** `app list` (argocd.md 4.2). */
export const formatApplicationList = (apps: readonly ApplicationJson[]): string =>
  formatTable([
    [
      'NAME',
      'CLUSTER',
      'NAMESPACE',
      'PROJECT',
      'STATUS',
      'HEALTH',
      'SYNCPOLICY',
      'CONDITIONS',
      'REPO',
      'PATH',
      'TARGET',
    ],
    ...apps.map(rowOf),
  ])

function rowOf(app: ApplicationJson): readonly string[] {
  const { spec, status } = app
  const source = sourcesOf(spec)[0]
  return [
    qualifiedName(app),
    clusterOf(spec),
    spec.destination.namespace ?? '',
    spec.project,
    status.sync.status,
    status.health.status ?? '',
    policyText(spec),
    conditionsText(app),
    source?.repoURL ?? '',
    source?.path ?? '',
    source?.targetRevision ?? '',
  ]
}

function policyText(spec: ApplicationSpec): string {
  if (!isAutomated(spec)) return 'Manual'
  return spec.syncPolicy?.automated?.prune === true ? 'Auto-Prune' : 'Auto'
}

function conditionsText({ status }: ApplicationJson): string {
  const byType = Map.groupBy(status.conditions ?? [], ({ type }) => type)
  const texts = [...byType].map(([type, same]) =>
    same.length === 1 ? type : `${type}(${same.length})`,
  )
  return texts.length === 0 ? '<none>' : texts.toSorted().join(',')
}
