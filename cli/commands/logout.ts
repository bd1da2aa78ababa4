import { createApiClient } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { configPath, readConfig, withoutToken, writeConfig } from '../config.ts'
import { serverOf, urlOf } from '../connect.ts'
import { Failure } from '../failure.ts'

/** `argosy logout CONTEXT` */
export function logout({ command, shell, flags }: CommandContext): void {
  command
    .argument('<CONTEXT>', 'the login to end, as `argosy context` lists it')
    .action(async (name: string) => {
      const path = configPath(shell, flags().config)
      const config = await readConfig(shell, path)
      const context = config.contexts.find((entry) => entry.name === name)
      const token = config.users.find((user) => user.name === context?.user)?.token ?? ''
      if (context === undefined || token === '') {
        throw new Failure(`nothing to logout from: no login is remembered for '${name}'`)
      }
      const server = serverOf(context.server, flags(), config)
      const { insecure } = server
      await createApiClient(shell, { url: urlOf(server), insecure, token }).send(
        'DELETE',
        '/api/v1/session',
      )
      await writeConfig(shell, path, withoutToken(config, context.user))
      shell.out(`Logged out from '${name}'\n`)
    })
}
