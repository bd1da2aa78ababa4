import { appPath, namespaceQuery, parseAppName } from '../app-name.ts'
import type { CommandContext } from '../command-context.ts'

/** `argosy app terminate-op NAME` */
export function appTerminateOp({ command, shell, connect }: CommandContext): void {
  command.argument('<APPNAME>', 'the application').action(async (text: string) => {
    const name = parseAppName(text, undefined)
    const query = namespaceQuery(name)
    await (await connect()).send('DELETE', appPath(name, '/operation'), { query })
    shell.out(`Application '${text}' operation terminating\n`)
  })
}
