import { type ApiClient, type Connection, createApiClient } from './api-client.ts'
import { type Config, configPath, readConfig, type ServerEntry } from './config.ts'
import { Failure } from './failure.ts'
import type { Shell } from './shell.ts'

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly server?: string
  readonly authToken?: string
  readonly plaintext?: boolean
  readonly insecure?: boolean
  readonly config?: string
  readonly argocdContext?: string
}

/** The server to talk to and the token to show it: from flags, else environment, else config. */
export async function connect(shell: Shell, flags: GlobalFlags): Promise<ApiClient> {
  const path = configPath(shell, flags.config)
  return createApiClient(shell, connectionOf(shell, flags, await readConfig(shell, path)))
}

export function connectionOf(
  shell: Pick<Shell, 'env'>,
  flags: GlobalFlags,
  config: Config,
): Connection {
  const name = flags.argocdContext ?? config.currentContext
  const context = config.contexts.find((entry) => entry.name === name)
  if (flags.argocdContext !== undefined && context === undefined) {
    throw new Failure(`context '${name}' undefined`)
  }
  const given = flags.server ?? shell.env['ARGOSY_SERVER'] ?? ''
  const address = given === '' ? (context?.server ?? '') : given
  if (address === '') {
    throw new Failure(
      "server address unspecified; log in with 'argosy login HOST:PORT', or use --server",
    )
  }
  const server = serverOf(address, flags, config)
  const known = config.contexts.find(
    (entry) => entry.server === server.server && (given !== '' || entry.name === name),
  )
  const stored = config.users.find((entry) => entry.name === known?.user)?.token
  const token = flags.authToken ?? shell.env['ARGOSY_AUTH_TOKEN'] ?? stored
  return {
    url: urlOf(server),
    insecure: server.insecure,
    ...(token === undefined ? {} : { token }),
  }
}

/** A server as flags or memory describe it; its address may be given with a scheme. */
export function serverOf(address: string, flags: GlobalFlags, config: Config): ServerEntry {
  const server = address.replace(/^https?:\/\//, '').replace(/\/+$/, '')
  const known = config.servers.find((entry) => entry.server === server)
  return {
    server,
    plainText: flags.plaintext ?? (address.startsWith('http://') || (known?.plainText ?? false)),
    insecure: flags.insecure ?? known?.insecure ?? false,
  }
}

export const urlOf = ({ server, plainText }: ServerEntry): string =>
  `${plainText ? 'http' : 'https'}://${server}`
