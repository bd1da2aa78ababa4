import { type AppName, appPath, namespaceQuery, parseAppName } from '../app-name.ts'
import { confirm } from '../ask-for.ts'
import type { ApiClient } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { Failure, isAbsence } from '../failure.ts'
import { addBoolean } from '../flags.ts'
import type { Shell } from '../shell.ts'

interface DeleteFlags {
  readonly cascade?: boolean
  readonly propagationPolicy?: string
  readonly yes?: boolean
  readonly wait?: boolean
  readonly appNamespace?: string
}

const POLL_MS = 200

/** `argosy app delete NAME...` */
export function appDelete({ command, shell, connect }: CommandContext): void {
  command.argument('<APPNAME...>', 'the applications')
  addBoolean(command, '--cascade', 'delete their objects too (default)')
  addBoolean(command, '-y, --yes', 'do not ask')
  addBoolean(command, '--wait', 'wait until they are gone')
  command
    .option('-p, --propagation-policy <POLICY>', 'foreground (default) or background')
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
    .action(async (names: readonly string[], flags: DeleteFlags) => {
      const api = await connect()
      for (const text of names) {
        const name = parseAppName(text, flags.appNamespace)
        await askFirst(shell, text, flags)
        await api.send('DELETE', appPath(name), {
          query: {
            ...namespaceQuery(name),
            cascade: flags.cascade,
            propagationPolicy: flags.propagationPolicy,
          },
        })
        if (flags.wait === true) await untilGone(shell, api, name)
        shell.out(`application '${text}' deleted\n`)
      }
    })
}

async function askFirst(shell: Shell, name: string, flags: DeleteFlags): Promise<void> {
  if (flags.yes === true) return
  const what = flags.cascade === false ? `'${name}'` : `'${name}' and all its resources`
  if (await confirm(shell, `Are you sure you want to delete ${what}?`, '--yes')) return
  throw new Failure(`The command to delete '${name}' was cancelled.`)
}

async function untilGone(shell: Shell, api: ApiClient, name: AppName): Promise<void> {
  try {
    for (;;) {
      await api.get(appPath(name), namespaceQuery(name))
      await shell.sleep(POLL_MS)
    }
  } catch (error) {
    if (!isAbsence(error)) throw error
  }
}
