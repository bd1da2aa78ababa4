import { hash } from 'bcryptjs'
import { createAccount } from '../../lib/state/accounts.ts'
import { type MemoryPlatform, REPO_URL, TENANT } from './memory-platform.ts'

export interface Answer {
  readonly status: number
  /** Parsed JSON, or the text when it is none. */
  readonly body: unknown
}

export interface ApiSession {
  readonly token: string
  call(method: string, path: string, body?: unknown): Promise<Answer>
}

export const PASSWORD = 'correct horse'
/** The cheapest hash there is. */
const HASH = hash(PASSWORD, 4)

/** Adds an account and logs in as it. */
export async function signIn(platform: MemoryPlatform, name = 'admin'): Promise<ApiSession> {
  await createAccount(platform.ports.state, {
    tenant: TENANT,
    name,
    passwordHash: await HASH,
    passwordSince: 0,
    capabilities: ['login'],
  })
  const credentials = { username: name, password: PASSWORD }
  const login = await callApi(platform, 'POST', '/api/v1/session', { body: credentials })
  const { token } = login.body as { readonly token: string }
  return {
    token,
    call: (method, path, body) =>
      callApi(platform, method, path, { body, headers: { Authorization: `Bearer ${token}` } }),
  }
}

export async function callApi(
  { api }: MemoryPlatform,
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const { body, headers } = options
  const response = await api.request(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: parse(await response.text()) }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** An Application as clients send it. */
export const guestbookBody = (
  spec: Readonly<Record<string, unknown>> = {},
  name = 'guestbook',
): object => ({
  metadata: { name },
  spec: {
    project: 'default',
    source: { repoURL: REPO_URL, path: 'guestbook' },
    destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
    ...spec,
  },
})
