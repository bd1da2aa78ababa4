import { createApiClient } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { configPath, readConfig, withLogin, writeConfig } from '../config.ts'
import { serverOf, urlOf } from '../connect.ts'
import { askFor } from '../ask-for.ts'

interface LoginFlags {
  readonly username?: string
  readonly password?: string
  readonly name?: string
}

/** `argosy login HOST:PORT` */
export function login({ command, shell, flags: globalFlags }: CommandContext): void {
  command
    .argument('<SERVER>', 'host and port of the server')
    .option('--username <NAME>', 'account to log in to')
    .option('--password <PASSWORD>', 'its password; asked for when not given')
    .option('--name <CONTEXT>', 'name to remember this login by')
    .action(async (address: string, flags: LoginFlags) => {
      const global = globalFlags()
      const path = configPath(shell, global.config)
      const config = await readConfig(shell, path)
      const server = serverOf(address, global, config)
      const api = createApiClient(shell, { url: urlOf(server), insecure: server.insecure })

      const username = flags.username ?? (await askFor(shell, 'Username: ', '--username'))
      const password = flags.password ?? (await askFor(shell, 'Password: ', '--password', 'hidden'))
      const { token } = await api.send<{ readonly token: string }>('POST', '/api/v1/session', {
        body: { username, password },
      })
      const context = flags.name ?? server.server
      await writeConfig(shell, path, withLogin(config, { context, server, token }))
      shell.out(`'${username}:login' logged in successfully\nContext '${context}' updated\n`)
    })
}
