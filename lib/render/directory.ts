import type { ApplicationSource, DirectorySource } from '../app/application.ts'
import { ArgosyError, faultOf } from '../fault/fault.ts'
import { jsonSize } from '../manifest/json-size.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { readYaml } from '../manifest/yaml.ts'
import type { FileTree } from '../source/file-tree.ts'
import { compileGlob, type Glob } from '../std/glob.ts'
import type { Json } from '../std/json.ts'
import { DIRECTORY_BYTES_MAX, limitBytes, limitObjects } from './limits.ts'
import { manifestsIn } from './objects.ts'

/** A file that carries this text is left out (Argo CD 1.2); people have it in their files. */
export const SKIP_MARKER = '+argocd:skip-file-rendering'
/** How many problems one message tells. */
export const PROBLEMS_TOLD_MAX = 10

/** No reader gives deeper values; it bounds the walk. */
const DEPTH_MAX = 1000

const EXTENSION = /\.(?:yaml|yml|json|jsonnet)$/

/**
 * Renders a directory of YAML and JSON files, in the order of their paths. Throws `RenderFailed`
 * that names every broken file with its line, `LimitExceeded`, and `Unimplemented` for Jsonnet.
 */
export function renderDirectory(files: FileTree, source: ApplicationSource): readonly Manifest[] {
  const root = source.path ?? ''
  const chosen = chooseFiles(files, source.directory ?? {})
  const where = root === '' ? '.' : root
  limitBytes(where, sum(chosen.map((path) => files.get(path)?.length ?? 0)))

  const read = chosen.map((path) => readFile(join(root, path), files.get(path) ?? EMPTY))
  const problems = read.flatMap((file) =>
    file.problems.map((detail) => ({ path: file.path, detail })),
  )
  if (problems.length > 0) throw renderFailed(root, problems)
  const manifests = read.flatMap((file) => file.manifests)
  limitObjects(manifests.length)
  // Many files may each expand their aliases within the limit of one.
  limitBytes(where, jsonSize(manifests, { sizeMax: DIRECTORY_BYTES_MAX, depthMax: DEPTH_MAX }))
  return manifests
}

const EMPTY = new Uint8Array()
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const join = (root: string, path: string): string =>
  root === '' || root === '.' ? path : `${root.replace(/\/+$/, '')}/${path}`

function chooseFiles(files: FileTree, directory: DirectorySource): readonly string[] {
  const include = globOf('include', directory.include)
  const exclude = globOf('exclude', directory.exclude)
  return [...files.keys()]
    .filter((path) => directory.recurse === true || !path.includes('/'))
    .filter((path) => directory.disableExtensionFilter === true || EXTENSION.test(path))
    .filter((path) => exclude?.(path) !== true && include?.(path) !== false)
    .toSorted()
}

function globOf(field: string, pattern: string | undefined): Glob | undefined {
  if (pattern === undefined || pattern === '') return undefined
  const glob = compileGlob(pattern)
  if (glob !== undefined) return glob
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `spec.source.directory.${field}: ${JSON.stringify(pattern)} is no valid pattern; check its braces and brackets`,
  })
}

interface ReadFile {
  readonly path: string
  readonly manifests: readonly Manifest[]
  readonly problems: readonly string[]
}

function readFile(path: string, bytes: Uint8Array): ReadFile {
  const text = decode(bytes)
  if (text === undefined) return { path, manifests: [], problems: ['is not UTF-8 text'] }
  if (text.includes(SKIP_MARKER)) return { path, manifests: [], problems: [] }
  if (path.endsWith('.jsonnet')) {
    throw new ArgosyError({ code: 'Unimplemented', feature: `rendering Jsonnet files (${path})` })
  }
  const documents = parse(path, text)
  return 'problem' in documents
    ? { path, manifests: [], problems: [documents.problem] }
    : { path, ...manifestsIn(documents.values) }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** JSON is YAML, so one reader names the line of a mistake in both. */
function parse(
  path: string,
  text: string,
): { readonly values: readonly Json[] } | { readonly problem: string } {
  try {
    return { values: readYaml(text) }
  } catch (error) {
    const fault = faultOf(error)
    if (fault.code === 'InvalidArgument') return { problem: fault.message }
    if (fault.code !== 'LimitExceeded') throw error
    throw new ArgosyError({ ...fault, message: `${path}: ${fault.message}` }, { cause: error })
  }
}

interface Problem {
  readonly path: string
  readonly detail: string
}

function renderFailed(root: string, problems: readonly Problem[]): ArgosyError {
  const [only] = problems
  if (problems.length === 1 && only !== undefined) {
    return new ArgosyError({ code: 'RenderFailed', ...only })
  }
  const told = problems.slice(0, PROBLEMS_TOLD_MAX).map(({ path, detail }) => `${path}: ${detail}`)
  const more = problems.length - told.length
  const detail = `${problems.length} problems: ${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
  return new ArgosyError({ code: 'RenderFailed', path: root === '' ? '.' : root, detail })
}
