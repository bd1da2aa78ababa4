import { join } from 'node:path'
import { isObject, type Json, type JsonObject } from '../lib/std/json.ts'
import { Failure } from './failure.ts'
import type { Shell } from './shell.ts'

/** The CLI's memory, in the format of `argocd`'s own (`~/.config/argocd/config`). */
export interface Config {
  readonly currentContext: string
  readonly contexts: readonly ContextEntry[]
  readonly servers: readonly ServerEntry[]
  readonly users: readonly UserEntry[]
}

interface ContextEntry {
  readonly name: string
  readonly server: string
  readonly user: string
}

export interface ServerEntry {
  /** `host:port`. */
  readonly server: string
  readonly plainText: boolean
  readonly insecure: boolean
}

interface UserEntry {
  readonly name: string
  readonly token: string
}

const EMPTY: Config = { currentContext: '', contexts: [], servers: [], users: [] }

export function configPath(
  shell: Pick<Shell, 'env' | 'homeDir'>,
  flag: string | undefined,
): string {
  if (flag !== undefined && flag !== '') return flag
  const own = shell.env['ARGOSY_CONFIG_DIR'] ?? ''
  if (own !== '') return join(own, 'config')
  const shared = shell.env['XDG_CONFIG_HOME'] ?? ''
  return join(shared === '' ? join(shell.homeDir, '.config') : shared, 'argosy', 'config')
}

export async function readConfig(shell: Pick<Shell, 'readFile'>, path: string): Promise<Config> {
  const text = await shell.readFile(path)
  if (text === undefined) return EMPTY
  const { readYaml } = await import('../lib/manifest/yaml.ts')
  try {
    const [document] = readYaml(text)
    if (!isObject(document)) return EMPTY
    return {
      currentContext: textAt(document, 'current-context'),
      contexts: entries(document, 'contexts').map((entry) => ({
        name: textAt(entry, 'name'),
        server: textAt(entry, 'server'),
        user: textAt(entry, 'user'),
      })),
      servers: entries(document, 'servers').map((entry) => ({
        server: textAt(entry, 'server'),
        plainText: entry['plain-text'] === true,
        insecure: entry['insecure'] === true,
      })),
      users: entries(document, 'users').map((entry) => ({
        name: textAt(entry, 'name'),
        token: textAt(entry, 'auth-token'),
      })),
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Failure(`config file ${path} is not readable: ${reason}`, undefined, { cause })
  }
}

export async function writeConfig(
  shell: Pick<Shell, 'writePrivateFile'>,
  path: string,
  config: Config,
): Promise<void> {
  const { writeYaml } = await import('../lib/manifest/write-yaml.ts')
  return shell.writePrivateFile(
    path,
    writeYaml({
      contexts: config.contexts.map(({ name, server, user }) => ({ name, server, user })),
      'current-context': config.currentContext,
      servers: config.servers.map(({ server, plainText, insecure }) => ({
        server,
        'grpc-web-root-path': '',
        ...(plainText ? { 'plain-text': true } : {}),
        ...(insecure ? { insecure: true } : {}),
      })),
      users: config.users.map(({ name, token }) => ({
        name,
        ...(token === '' ? {} : { 'auth-token': token }),
      })),
    }),
  )
}

/** Remembers a login and makes its context the current one. */
export const withLogin = (
  config: Config,
  login: { readonly context: string; readonly server: ServerEntry; readonly token: string },
): Config => ({
  currentContext: login.context,
  contexts: replaced(
    config.contexts,
    { name: login.context, server: login.server.server, user: login.context },
    ({ name }) => name,
  ),
  servers: replaced(config.servers, login.server, ({ server }) => server),
  users: replaced(config.users, { name: login.context, token: login.token }, ({ name }) => name),
})

/** Forgets the token of a context; the context itself stays, as `argocd` has it. */
export const withoutToken = (config: Config, user: string): Config => ({
  ...config,
  users: config.users.map((entry) => (entry.name === user ? { name: user, token: '' } : entry)),
})

const replaced = <T>(items: readonly T[], item: T, keyOf: (item: T) => string): readonly T[] =>
  items.some((other) => keyOf(other) === keyOf(item))
    ? items.map((other) => (keyOf(other) === keyOf(item) ? item : other))
    : [...items, item]

const entries = (document: JsonObject, name: string): readonly JsonObject[] => {
  const value = document[name]
  return Array.isArray(value) ? value.filter((item: Json) => isObject(item)) : []
}

const textAt = (value: JsonObject, name: string): string => {
  const text = value[name]
  return typeof text === 'string' ? text : ''
}
