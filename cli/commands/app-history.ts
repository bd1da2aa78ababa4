import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import { appPath, namespaceQuery, parseAppName } from '../app-name.ts'
import type { CommandContext } from '../command-context.ts'
import { formatHistory } from '../printers/history.ts'
import { checkOutput } from '../printers/structured.ts'

interface HistoryFlags {
  readonly output?: string
  readonly appNamespace?: string
}

/** `argosy app history NAME` */
export function appHistory({ command, shell, connect }: CommandContext): void {
  command
    .argument('<APPNAME>', 'the application')
    .option('-o, --output <FORMAT>', 'wide (default) or id')
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
    .action(async (text: string, flags: HistoryFlags) => {
      const format = checkOutput(flags.output, ['wide', 'id'])
      const name = parseAppName(text, flags.appNamespace)
      const app = await (await connect()).get<ApplicationJson>(appPath(name), namespaceQuery(name))
      const history = app.status.history ?? []
      if (format === 'id') shell.out(history.map(({ id }) => `${id}\n`).join(''))
      else shell.out(formatHistory(history))
    })
}
