import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import type { ResourceTreeJson } from '../../lib/manage/resource-tree.ts'
import { appPath, namespaceQuery, parseAppName } from '../app-name.ts'
import type { CommandContext } from '../command-context.ts'
import { formatConditions, formatSummary } from '../printers/application.ts'
import { formatOperation } from '../printers/operation.ts'
import { formatResources } from '../printers/resources.ts'
import { checkOutput, formatJson, formatYaml } from '../printers/structured.ts'
import { formatTree } from '../printers/tree.ts'
import { serverUrl } from '../server-url.ts'

interface GetFlags {
  readonly output?: string
  readonly refresh?: boolean
  readonly hardRefresh?: boolean
  readonly showOperation?: boolean
  readonly showParams?: boolean
  readonly appNamespace?: string
}

/** `argosy app get NAME` */
export function appGet({ command, shell, connect }: CommandContext): void {
  command
    .argument('<APPNAME>', 'the application')
    .option('-o, --output <FORMAT>', 'wide (default), json, yaml or tree')
    .option('--refresh', 'look at Git and the cluster first')
    .option('--hard-refresh', 'render anew as well')
    .option('--show-operation', 'show the last operation too')
    .option('--show-params', 'show parameters too; there are none for plain YAML')
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
    .action(async (text: string, flags: GetFlags) => {
      const format = checkOutput(flags.output, ['wide', 'json', 'yaml', 'tree'])
      const name = parseAppName(text, flags.appNamespace)
      const api = await connect()
      const refresh = flags.hardRefresh === true ? 'hard' : flags.refresh === true ? 'normal' : ''
      const query = { ...namespaceQuery(name), refresh }
      const app = await api.get<ApplicationJson>(appPath(name), query)
      if (format === 'json') return shell.out(formatJson(app))
      if (format === 'yaml') return shell.out(await formatYaml(app))

      shell.out(formatHead(app, { url: await serverUrl(api), now: shell.now(), ...flags }))
      if (format === 'wide') return shell.out(formatTail(app))
      const path = appPath(name, '/resource-tree')
      const { nodes } = await api.get<ResourceTreeJson>(path, namespaceQuery(name))
      if (nodes.length > 0) shell.out(`\n${formatTree(app, nodes)}`)
    })
}

function formatHead(
  app: ApplicationJson,
  { url, now, showOperation }: GetFlags & { readonly url: string; readonly now: number },
): string {
  const { conditions = [], operationState } = app.status
  return [
    formatSummary(app, url),
    conditions.length === 0 ? '' : `\n${formatConditions(app)}\n`,
    showOperation === true && operationState !== undefined
      ? `\n${formatOperation(operationState, now)}`
      : '',
  ].join('')
}

const formatTail = (app: ApplicationJson): string =>
  (app.status.resources ?? []).length === 0 ? '' : `\n${formatResources(app)}`
