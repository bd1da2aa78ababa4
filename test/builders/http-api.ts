import type { ApplicationJson } from '../../lib/manage/application-json.ts'

/** The REST API of a platform in another process, as any client sees it. */
export interface Api {
  create(name: string, app: NewApp): Promise<ApplicationJson>
  get(name: string): Promise<ApplicationJson>
  list(): Promise<readonly ApplicationJson[]>
  sync(name: string, options?: { readonly prune?: boolean }): Promise<ApplicationJson>
}

export interface NewApp {
  readonly git: string
  readonly path: string
  readonly namespace: string
  /** Automated with prune and self-heal unless this says otherwise. */
  readonly manual?: boolean
}

const APPS = '/api/v1/applications'

/** Logs in as admin. A request that is not answered with 2xx is thrown, with the answer. */
export async function openApi(url: string, password: string): Promise<Api> {
  const login = { username: 'admin', password }
  const { token } = (await call(url, 'POST', '/api/v1/session', { body: login })) as {
    readonly token: string
  }
  const app = async (method: string, path: string, body?: object) =>
    (await call(url, method, path, { token, body })) as ApplicationJson

  return {
    create: (name, { git, path, namespace, manual = false }) =>
      app('POST', `${APPS}?upsert=true`, {
        metadata: { name },
        spec: {
          project: 'default',
          source: { repoURL: git, path },
          destination: { name: 'in-cluster', namespace },
          ...(manual ? {} : { syncPolicy: { automated: { prune: true, selfHeal: true } } }),
        },
      }),
    get: (name) => app('GET', `${APPS}/${name}`),
    async list() {
      const { items } = (await call(url, 'GET', APPS, { token })) as {
        readonly items: readonly ApplicationJson[] | null
      }
      return items ?? []
    },
    sync: (name, options = {}) => app('POST', `${APPS}/${name}/sync`, options),
  }
}

async function call(
  url: string,
  method: string,
  path: string,
  { token = '', body }: { readonly token?: string; readonly body?: object | undefined },
): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (answer.ok) return JSON.parse(text) as unknown
  throw new Error(`${method} ${path}: ${answer.status} ${text}`)
}
