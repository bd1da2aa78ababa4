import { sourcesOf } from '../../lib/app/application.ts'
import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import type { CommandContext } from '../command-context.ts'
import { addList } from '../flags.ts'
import { qualifiedName } from '../printers/application.ts'
import { formatApplicationList } from '../printers/application-list.ts'
import { checkOutput, formatJson, formatYaml } from '../printers/structured.ts'

interface ListFlags {
  readonly output?: string
  readonly selector?: string
  readonly project?: readonly string[]
  readonly repo?: string
  readonly cluster?: string
  readonly path?: string
}

/** What the table shows; the server need not read more. */
const TABLE_FIELDS = 'items.metadata,items.spec,items.status.sync,items.status.health'

/** `argosy app list` */
export function appList({ command, shell, connect }: CommandContext): void {
  command.option('-o, --output <FORMAT>', 'wide (default), name, json or yaml')
  command.option('-l, --selector <SELECTOR>', 'only applications with these labels')
  addList(command, '-p, --project <PROJECT>', 'only applications of this project')
  command
    .option('-r, --repo <URL>', 'only applications of this repository')
    .option('-c, --cluster <CLUSTER>', 'only applications of this cluster, by name or URL')
    .option('-P, --path <PATH>', 'only applications of this path')
    .action(async (flags: ListFlags) => {
      const format = checkOutput(flags.output, ['wide', 'name', 'json', 'yaml'])
      const isWhole = format === 'json' || format === 'yaml'
      const { items } = await (
        await connect()
      ).get<{ readonly items: readonly ApplicationJson[] | null }>('/api/v1/applications', {
        selector: flags.selector,
        ...(isWhole ? {} : { fields: TABLE_FIELDS }),
      })
      const apps = (items ?? []).filter((app) => matches(app, flags))
      if (format === 'json') shell.out(formatJson(apps))
      else if (format === 'yaml') shell.out(await formatYaml(apps))
      else if (format === 'name') shell.out(apps.map((app) => `${qualifiedName(app)}\n`).join(''))
      else shell.out(formatApplicationList(apps))
    })
}

function matches({ spec }: ApplicationJson, flags: ListFlags): boolean {
  const { project = [], repo, cluster, path } = flags
  const sources = sourcesOf(spec)
  const { server, name } = spec.destination
  return (
    (project.length === 0 || project.includes(spec.project)) &&
    (repo === undefined || sources.some((source) => source.repoURL === repo)) &&
    (cluster === undefined || cluster === server || cluster === name) &&
    (path === undefined || sources.some((source) => source.path === path))
  )
}
