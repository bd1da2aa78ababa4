import { ArgosyError } from '../fault/fault.ts'
import type { FileTree } from '../source/file-tree.ts'
import type { GitLimits } from './limits.ts'
import { MissingObjectError, type Objects, type TreeFile } from './tree-walk.ts'

/**
 * The files with their contents. A symbolic link to a file of the same directory tree has that
 * file's content, and one to a directory is left out, as Argo CD's walk does. A link that leaves
 * the tree is refused: what it names could change without the tree's id changing, and leaving it
 * out could prune what it describes. Throws `LimitExceeded`, `FailedPrecondition`,
 * `Unimplemented`.
 */
export function fileContents(
  files: readonly TreeFile[],
  objects: Objects,
  limits: Pick<GitLimits, 'treeBytes'>,
): FileTree {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const contents = new Map<string, Uint8Array>()
  let bytes = 0
  for (const file of files) {
    const source = file.kind === 'link' ? followLink(file, byPath, objects) : file
    if (source === undefined) continue
    const data = contentOf(source, objects)
    bytes += data.length
    if (bytes > limits.treeBytes)
      throw new ArgosyError({
        code: 'LimitExceeded',
        limit: 'treeBytes',
        message: `the directory is too large: more than ${limits.treeBytes} bytes of files`,
      })
    contents.set(file.path, data)
  }
  return contents
}

/** Links that lead to links. */
const LINK_HOPS_MAX = 8

function followLink(
  link: TreeFile,
  byPath: ReadonlyMap<string, TreeFile>,
  objects: Objects,
): TreeFile | undefined {
  let file = link
  for (let hops = 0; file.kind === 'link'; hops++) {
    if (hops === LINK_HOPS_MAX) throw refused(link, 'it leads in a circle')
    const path = targetPath(file, link, Buffer.from(contentOf(file, objects)).toString('utf8'))
    const target = byPath.get(path)
    if (target === undefined) {
      if (path === '' || hasDirectory(byPath, path)) return undefined
      throw refused(link, `there is no ${path}`)
    }
    file = target
  }
  return file
}

const hasDirectory = (byPath: ReadonlyMap<string, TreeFile>, path: string): boolean =>
  [...byPath.keys()].some((other) => other.startsWith(`${path}/`))

function targetPath(file: TreeFile, link: TreeFile, target: string): string {
  if (target.startsWith('/')) throw refused(link, 'it points outside the repository')
  const parts = file.path.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined)
      throw new ArgosyError({
        code: 'Unimplemented',
        feature: `a symbolic link that leaves the application's path (${link.path} -> ${target})`,
      })
  }
  return parts.join('/')
}

const refused = (link: TreeFile, reason: string): ArgosyError =>
  new ArgosyError({
    code: 'FailedPrecondition',
    message: `symbolic link ${link.path}: ${reason}; correct it or remove it`,
  })

function contentOf(file: TreeFile, objects: Objects): Uint8Array {
  const object = objects.get(file.id)
  if (object === undefined) throw new MissingObjectError(file.id)
  return object.data
}
