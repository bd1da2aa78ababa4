import type { ApplicationSource } from '../app/application.ts'
import { ArgosyError } from '../fault/fault.ts'
import type { FileTree } from './file-tree.ts'

export type SourceType = 'Directory' | 'Helm' | 'Kustomize' | 'Plugin'

const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const

/**
 * Which tool renders a source (Argo CD 1.2): the one its spec configures, else the one whose file
 * lies in the directory. Throws `InvalidArgument` when the spec configures more than one.
 */
export function detectSourceType(files: FileTree, source: ApplicationSource): SourceType {
  const explicit = explicitTypes(source)
  if (explicit.length > 1) {
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: `multiple application sources defined: ${explicit.join(', ')}; keep the settings of one`,
    })
  }
  if (explicit[0] !== undefined) return explicit[0]
  if (source.chart !== undefined && source.chart !== '') return 'Helm'
  if (files.has('Chart.yaml')) return 'Helm'
  return KUSTOMIZATION_FILES.some((file) => files.has(file)) ? 'Kustomize' : 'Directory'
}

const explicitTypes = (source: ApplicationSource): readonly SourceType[] => {
  const types: readonly (readonly [SourceType, object | undefined])[] = [
    ['Kustomize', source.kustomize],
    ['Helm', source.helm],
    ['Directory', source.directory],
    ['Plugin', source.plugin],
  ]
  return types.filter(([, settings]) => settings !== undefined).map(([type]) => type)
}
