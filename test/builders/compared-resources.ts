import { HEALTH_ORDER, type HealthStatus, type SyncStatus } from '../../lib/app/status.ts'
import { keyOf } from '../../lib/manifest/key.ts'
import { type Manifest, splitApiVersion } from '../../lib/manifest/manifest.ts'
import type { ComparedResource } from '../../lib/sync/task.ts'

const API_VERSIONS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  Job: 'batch/v1',
  Widget: 'example.com/v1',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
}
const CLUSTER_SCOPED = new Set(['Namespace', 'CustomResourceDefinition', 'ClusterRole'])

/**
 * Compared resources in a mini-language, one a line: `KIND [NAMESPACE/]NAME WORD…`. Words: `@N` the
 * wave; `hook=TYPES`; `options=A=b`; `live` also on the cluster; `extra` on the cluster only;
 * `foreign` on the cluster only and not ours; `terminating`; `unreadable`; a sync status (else
 * OutOfSync); a health status. An object that is not on the cluster is Missing.
 */
export const comparedResources = (text: string): readonly ComparedResource[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(comparedResource)

function comparedResource(line: string): ComparedResource {
  const [kind = '', path = '', ...words] = line.split(/\s+/)
  const has = (word: string): boolean => words.includes(word)
  const manifest = manifestOf(kind, path, words)
  const isExtra = has('extra') || has('foreign')
  const isLive = isExtra || has('live') || has('terminating')
  const live: Manifest = {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      uid: `uid-${path}`,
      resourceVersion: '1',
      ...(has('terminating') && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
  }
  const health: HealthStatus | undefined = isLive
    ? HEALTH_ORDER.find((status) => has(status))
    : 'Missing'
  const status: SyncStatus = has('Synced') ? 'Synced' : has('Unknown') ? 'Unknown' : 'OutOfSync'
  return {
    key: keyOf(manifest),
    version: splitApiVersion(manifest.apiVersion).version,
    status,
    isOwn: isLive && !has('foreign'),
    ...(!isExtra && { target: manifest }),
    ...(isLive && { live }),
    ...(health !== undefined && { health: { status: health } }),
    ...(has('unreadable') && { unreadable: 'secrets is forbidden' }),
  }
}

function manifestOf(kind: string, path: string, words: readonly string[]): Manifest {
  const [name = '', namespace = 'default'] = path.split('/').toReversed()
  const value = (prefix: string): string | undefined =>
    words.find((word) => word.startsWith(prefix))?.slice(prefix.length)
  const marks = {
    'argocd.argoproj.io/sync-wave': value('@'),
    'argocd.argoproj.io/hook': value('hook='),
    'argocd.argoproj.io/sync-options': value('options='),
  }
  const annotations = Object.fromEntries(
    Object.entries(marks).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  return {
    apiVersion: API_VERSIONS[kind] ?? 'v1',
    kind,
    metadata: {
      name,
      ...(!CLUSTER_SCOPED.has(kind) && { namespace }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    ...(kind === 'CustomResourceDefinition' && {
      spec: { group: 'example.com', names: { kind: 'Widget' } },
    }),
  }
}
