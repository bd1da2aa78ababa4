import type { CommandContext } from '../command-context.ts'
import { configPath, readConfig, writeConfig } from '../config.ts'
import { Failure } from '../failure.ts'
import { formatTable } from '../printers/table.ts'

/** `argosy context [CONTEXT]`: lists the remembered logins, or makes one the current one. */
export function context({ command, shell, flags }: CommandContext): void {
  command
    .argument('[CONTEXT]', 'the login to use from now on')
    .option('--delete', 'forget the login instead')
    .action(async (name: string | undefined, options: { readonly delete?: boolean }) => {
      const path = configPath(shell, flags().config)
      const config = await readConfig(shell, path)
      if (name === undefined) {
        const rows = config.contexts.map((entry) => [
          entry.name === config.currentContext ? '*' : '',
          entry.name,
          entry.server,
        ])
        shell.out(formatTable([['CURRENT', 'NAME', 'SERVER'], ...rows]))
        return
      }
      if (!config.contexts.some((entry) => entry.name === name)) {
        throw new Failure(`context '${name}' undefined`)
      }
      if (options.delete === true) {
        const contexts = config.contexts.filter((entry) => entry.name !== name)
        const users = config.users.filter((entry) => entry.name !== name)
        const currentContext = config.currentContext === name ? '' : config.currentContext
        await writeConfig(shell, path, { ...config, contexts, users, currentContext })
        shell.out(`Context '${name}' deleted\n`)
        return
      }
      await writeConfig(shell, path, { ...config, currentContext: name })
      shell.out(`Switched to context '${name}'\n`)
    })
}
