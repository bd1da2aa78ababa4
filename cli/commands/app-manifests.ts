import type { ManagedResourceJson } from '../../lib/manage/managed-resources.ts'
import type { ManifestsJson } from '../../lib/manage/manifests.ts'
import { writeYaml } from '../../lib/manifest/write-yaml.ts'
import { parseJson } from '../../lib/std/json.ts'
import { appPath, namespaceQuery, parseAppName } from '../app-name.ts'
import type { CommandContext } from '../command-context.ts'
import { checkOutput } from '../printers/structured.ts'

interface ManifestsFlags {
  readonly revision?: string
  readonly source?: string
  readonly appNamespace?: string
}

/** `argosy app manifests NAME` */
export function appManifests({ command, shell, connect }: CommandContext): void {
  command
    .argument('<APPNAME>', 'the application')
    .option('--revision <REVISION>', 'of this revision')
    .option('--source <SOURCE>', 'git (default) or live')
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
    .action(async (text: string, flags: ManifestsFlags) => {
      const source = checkOutput(flags.source, ['git', 'live'])
      const name = parseAppName(text, flags.appNamespace)
      const api = await connect()
      const query = { ...namespaceQuery(name), revision: flags.revision }
      const manifests =
        source === 'git'
          ? (await api.get<ManifestsJson>(appPath(name, '/manifests'), query)).manifests
          : liveOf(await api.get<Managed>(appPath(name, '/managed-resources'), query))
      for (const manifest of manifests) shell.out(`---\n${writeYaml(parseJson(manifest))}\n`)
    })
}

interface Managed {
  readonly items: readonly ManagedResourceJson[]
}

const liveOf = ({ items }: Managed): readonly string[] =>
  items.map(({ liveState }) => liveState).filter((live) => live !== 'null')
