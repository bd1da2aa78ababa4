import { encodeTree, objectId, type GitObject, type TreeEntry } from './objects.ts'

/** A file's content, or one with a mode of its own; a submodule is the id of its commit. */
type NewFile =
  | string
  | Uint8Array
  | { readonly kind: 'executable' | 'link'; readonly content: string }
  | { readonly kind: 'submodule'; readonly commit: string }

/** Files by path. */
export type NewFiles = Readonly<Record<string, NewFile>>

/** The Git objects of a folder with these files; answers the id of its tree. */
export function buildTree(files: NewFiles, put: (object: GitObject) => string): string {
  const folders = new Map<string, Record<string, NewFile>>()
  const entries: TreeEntry[] = []
  for (const [path, file] of Object.entries(files)) {
    const [name = '', ...rest] = path.split('/')
    if (rest.length === 0) entries.push(entryOf(name, file, put))
    else {
      const folder = folders.get(name) ?? {}
      folder[rest.join('/')] = file
      folders.set(name, folder)
    }
  }
  for (const [name, folder] of folders) {
    entries.push({ name, kind: 'directory', id: buildTree(folder, put) })
  }
  return put(encodeTree(entries))
}

/** Adds an object to a map by its id. */
export const putInto =
  (objects: Map<string, GitObject>) =>
  (object: GitObject): string => {
    const id = objectId(object)
    objects.set(id, object)
    return id
  }

function entryOf(name: string, file: NewFile, put: (object: GitObject) => string): TreeEntry {
  if (typeof file === 'string' || file instanceof Uint8Array)
    return { name, kind: 'file', id: put({ type: 'blob', data: bytesOf(file) }) }
  if (file.kind === 'submodule') return { name, kind: 'submodule', id: file.commit }
  return { name, kind: file.kind, id: put({ type: 'blob', data: bytesOf(file.content) }) }
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : content
