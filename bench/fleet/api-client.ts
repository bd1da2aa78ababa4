import { IN_CLUSTER_SERVER } from '../../lib/app/application.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'

/** What the bench asks of the REST API. */
export interface ApiClient {
  create(app: string, target: AppTarget): Promise<void>
  state(app: string): Promise<AppState>
  /** Of every Application there is, by name. */
  states(): Promise<ReadonlyMap<string, AppState>>
}

export interface AppTarget {
  readonly repoURL: string
  readonly namespace: string
}

export interface AppState {
  readonly sync: string
  readonly health: string
  /** The first thing that is wrong, if any. */
  readonly condition?: string
}

export const isSettled = ({ sync, health }: AppState): boolean =>
  sync === 'Synced' && health === 'Healthy'

/** Logs in as the administrator. Every method throws `Internal` with the API's own words. */
export async function openApi(url: string, password: string): Promise<ApiClient> {
  const send = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(url + path, init)
    const body = await response.text()
    if (response.ok) return JSON.parse(body) as unknown
    const message = `${init.method ?? 'GET'} ${path} answered ${response.status}: ${body}`
    throw new ArgosyError({ code: 'Internal', message })
  }
  const json = { 'content-type': 'application/json' }
  const session = await send('/api/v1/session', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ username: 'admin', password }),
  })
  const authorization = `Bearer ${(session as { readonly token: string }).token}`

  return {
    async create(app, target) {
      await send('/api/v1/applications', {
        method: 'POST',
        headers: { ...json, authorization },
        body: JSON.stringify(applicationOf(app, target)),
      })
    },
    state: async (app) =>
      stateOf((await send(`/api/v1/applications/${app}`, { headers: { authorization } })) as Shown),
    async states() {
      const path = `/api/v1/applications?fields=${FIELDS}`
      const { items } = (await send(path, { headers: { authorization } })) as { items: Shown[] }
      return new Map(items.map((item) => [item.metadata.name, stateOf(item)]))
    },
  }
}

const FIELDS = 'items.metadata.name,items.status.sync,items.status.health,items.status.conditions'

interface Shown {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly sync?: { readonly status?: string }
    readonly health?: { readonly status?: string }
    readonly conditions?: readonly { readonly message: string }[]
  }
}

function stateOf({ status }: Shown): AppState {
  const condition = status?.conditions?.[0]?.message
  return {
    sync: status?.sync?.status ?? 'Unknown',
    health: status?.health?.status ?? 'Unknown',
    ...(condition === undefined ? {} : { condition }),
  }
}

const applicationOf = (name: string, { repoURL, namespace }: AppTarget): object => ({
  metadata: { name },
  spec: {
    project: 'default',
    source: { repoURL, path: `apps/${name}`, targetRevision: 'main' },
    destination: { server: IN_CLUSTER_SERVER, namespace },
    syncPolicy: { automated: { prune: true, selfHeal: true } },
  },
})
