import type { ApplicationSpec, SyncPolicy } from '../../lib/app/application.ts'
import type { Operation } from '../../lib/app/status.ts'
import { IN_CLUSTER_SERVER } from '../../lib/app/application.ts'
import {
  createApplication,
  getApplication,
  requestOperation,
  wake,
} from '../../lib/state/applications.ts'
import { readDocuments } from '../../lib/state/documents.ts'
import type { ApplicationRecord, LookLevel } from '../../lib/state/records.ts'
import { createMemoryPlatform, type MemoryPlatform, REPO_URL, TENANT } from './memory-platform.ts'

export const APP = 'guestbook'

export const configMap = (name: string, value: string, annotations = '{}'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default, annotations: ${annotations}}\ndata: {value: "${value}"}\n`

export const THREE = {
  'app/a.yaml': configMap('a', '1'),
  'app/b.yaml': configMap('b', '1'),
  'app/c.yaml': configMap('c', '1'),
}

/** One Application on memory adapters, and what one round of it costs. */
export interface ReconcileWorld extends MemoryPlatform {
  readonly app: () => Promise<ApplicationRecord>
  readonly operation: () => Promise<Awaited<ReturnType<typeof operationOf>>>
  readonly ask: (sync: Operation['sync'], retry?: Operation['retry']) => Promise<void>
  readonly look: (level: LookLevel) => Promise<void>
}

const operationOf = async (ports: MemoryPlatform['ports'], record: ApplicationRecord) =>
  (await readDocuments(ports, record, ['operation'])).operation

/** An Application whose directory `app` has the files; automated sync only if the policy says so. */
export async function createReconcileWorld(
  files: Readonly<Record<string, string>> = THREE,
  spec: Partial<ApplicationSpec> & { readonly automated?: SyncPolicy['automated'] } = {},
): Promise<ReconcileWorld> {
  const platform = await createMemoryPlatform()
  const { ports, clock } = platform
  platform.repository.commit({ files: { ...files } })
  platform.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  const { automated, ...rest } = spec
  await createApplication(ports.state, TENANT, {
    name: APP,
    uid: 'uid-1',
    spec: {
      project: 'default',
      source: { repoURL: REPO_URL, path: 'app' },
      destination: { server: IN_CLUSTER_SERVER, namespace: 'default' },
      ...(automated === undefined ? {} : { syncPolicy: { automated } }),
      ...rest,
    },
    labels: {},
    annotations: {},
    now: clock.now(),
  })
  const app = async (): Promise<ApplicationRecord> => {
    const record = await getApplication(ports.state, TENANT, APP)
    if (record === undefined) throw new Error('the Application is gone')
    return record
  }
  return {
    ...platform,
    app,
    operation: async () => operationOf(ports, await app()),
    ask: async (sync, retry) => {
      const operation = {
        id: ports.ids.next(),
        requestedAt: clock.now(),
        initiatedBy: { username: 'admin' },
        sync,
        ...(retry === undefined ? {} : { retry }),
      }
      const asked = await requestOperation(ports.state, TENANT, APP, {
        operation,
        now: clock.now(),
      })
      if (asked === undefined) throw new Error('the operation was refused')
    },
    look: async (level) => {
      await wake(ports.state, TENANT, APP, { level, now: clock.now() })
      await platform.work()
    },
  }
}
