import { ARGOSY_VERSION, type VersionJson } from '../../lib/manage/version.ts'
import type { CommandContext } from '../command-context.ts'
import { checkOutput, formatJson, formatYaml } from '../printers/structured.ts'

interface VersionFlags {
  readonly client?: boolean
  readonly short?: boolean
  readonly output?: string
}

/** `argosy version` */
export function version({ command, shell, connect }: CommandContext): void {
  command
    .option('--client', 'only of this program; asks no server')
    .option('--short', 'only the version numbers')
    .option('-o, --output <FORMAT>', 'wide (default), short, json or yaml')
    .action(async (flags: VersionFlags) => {
      const format = checkOutput(flags.output, ['wide', 'short', 'json', 'yaml'])
      const isShort = flags.short === true || format === 'short'
      const client = { Version: `v${ARGOSY_VERSION}` }
      const server =
        flags.client === true ? undefined : await (await connect()).get<VersionJson>('/api/version')
      const both = { client, ...(server === undefined ? {} : { server }) }
      if (format === 'json') return shell.out(formatJson(both))
      if (format === 'yaml') return shell.out(await formatYaml(both))
      shell.out(`argosy: ${client.Version}\n`)
      if (server !== undefined) shell.out(formatServer(server, isShort))
    })
}

const formatServer = (server: VersionJson, isShort: boolean): string =>
  [
    `argosy-server: ${server.Version}\n`,
    ...(isShort
      ? []
      : Object.entries(server)
          .filter(([name]) => name !== 'Version')
          .map(([name, value]) => `  ${name}: ${String(value)}\n`)),
  ].join('')
