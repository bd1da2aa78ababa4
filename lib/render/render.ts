import type { ApplicationSource } from '../app/application.ts'
import { ArgosyError } from '../fault/fault.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { FileTree } from '../source/file-tree.ts'
import { detectSourceType, type SourceType } from '../source/source-type.ts'
import { renderDirectory } from './directory.ts'

export interface RenderResult {
  readonly manifests: readonly Manifest[]
  readonly sourceType: SourceType
}

/**
 * Renders one source to its manifests (law 9): nothing but the arguments decides the result.
 * `files` are those at the source's path. Throws `RenderFailed`, `LimitExceeded`,
 * `InvalidArgument`, and `Unimplemented` for the tools that are not built yet.
 */
export function render(files: FileTree, source: ApplicationSource): RenderResult {
  const sourceType = detectSourceType(files, source)
  // A source with nothing but a name lends its files to others and has no manifests of its own.
  if (isOnlyReferenced(source)) return { manifests: [], sourceType }
  switch (sourceType) {
    case 'Directory':
      return { manifests: renderDirectory(files, source), sourceType }
    case 'Helm':
      throw notYet('rendering Helm charts')
    case 'Kustomize':
      throw notYet('rendering Kustomize')
    case 'Plugin':
      throw notYet('rendering with config management plugins')
  }
}

const isOnlyReferenced = (source: ApplicationSource): boolean =>
  (source.ref ?? '') !== '' && (source.path ?? '') === '' && (source.chart ?? '') === ''

const notYet = (feature: string): ArgosyError => new ArgosyError({ code: 'Unimplemented', feature })
