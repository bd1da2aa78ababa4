import type { ResourceTreeJson } from '../../lib/manage/resource-tree.ts'
import { appPath, namespaceQuery, parseAppName } from '../app-name.ts'
import type { CommandContext } from '../command-context.ts'
import { formatTable } from '../printers/table.ts'
import { isOwn } from '../printers/tree.ts'

/** `argosy app resources NAME` */
export function appResources({ command, shell, connect }: CommandContext): void {
  command
    .argument('<APPNAME>', 'the application')
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
    .action(async (text: string, { appNamespace }: { readonly appNamespace?: string }) => {
      const name = parseAppName(text, appNamespace)
      const path = appPath(name, '/resource-tree')
      const { nodes } = await (await connect()).get<ResourceTreeJson>(path, namespaceQuery(name))
      shell.out(
        formatTable([
          ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'ORPHANED'],
          ...nodes
            .filter(isOwn)
            .map((node) => [node.group ?? '', node.kind, node.namespace ?? '', node.name, 'No']),
        ]),
      )
    })
}
