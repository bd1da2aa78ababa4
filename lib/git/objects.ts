import { createHash } from 'node:crypto'

/** Git's object formats (gitformat-pack, git-cat-file): ids, trees, commits and tags. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

export interface GitObject {
  readonly type: ObjectType
  readonly data: Uint8Array
}

export interface TreeEntry {
  readonly name: string
  readonly id: string
  readonly kind: 'file' | 'executable' | 'link' | 'directory' | 'submodule'
}

export interface Commit {
  readonly tree: string
  readonly parents: readonly string[]
  /** `Name <email>`. */
  readonly author: string
  /** Epoch milliseconds of the committer's time. */
  readonly date: number
  readonly message: string
}

/** Bytes that are not what their type says. */
export class ObjectError extends Error {
  override readonly name = 'ObjectError'
}

/** SHA-1 of header and content, which is the object's id. */
export const objectId = ({ type, data }: GitObject): string =>
  createHash('sha1').update(`${type} ${data.length}\0`).update(data).digest('hex')

/** Entries in the order of the tree. Throws `ObjectError` for damage and for names no file may have. */
export function parseTree(data: Uint8Array): readonly TreeEntry[] {
  const bytes = asBuffer(data)
  const entries: TreeEntry[] = []
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at)
    const end = space < 0 ? -1 : bytes.indexOf(0, space)
    if (end < 0 || end + 21 > bytes.length) throw new ObjectError('a tree ends early')
    const name = bytes.toString('utf8', space + 1, end)
    if (name === '' || name === '.' || name === '..' || name.includes('/'))
      throw new ObjectError(`a tree holds the impossible name ${JSON.stringify(name)}`)
    const kind = kindOf(bytes.toString('latin1', at, space))
    entries.push({ name, kind, id: bytes.toString('hex', end + 1, end + 21) })
    at = end + 21
  }
  return entries
}

/** Throws `ObjectError` where the header lacks a tree or a committer. */
export function parseCommit(data: Uint8Array): Commit {
  const { headers, body } = splitHeaders(data)
  const all = (name: string): readonly string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  const tree = all('tree')[0]
  if (tree === undefined || !/^[0-9a-f]{40}$/.test(tree))
    throw new ObjectError('a commit without a tree')
  return {
    tree,
    parents: all('parent'),
    author: /^.*>/.exec(all('author')[0] ?? '')?.[0] ?? '',
    date: Number(/> (-?\d{1,12})/.exec(all('committer')[0] ?? '')?.[1] ?? 0) * 1000,
    message: body.trimEnd(),
  }
}

/** The id of the object that an annotated tag names. */
export function parseTag(data: Uint8Array): string {
  const target = /^object ([0-9a-f]{40})$/.exec(splitHeaders(data).headers[0] ?? '')?.[1]
  if (target === undefined) throw new ObjectError('a tag without an object')
  return target
}

/** A tree of these entries, in Git's order: as if the names of directories ended in `/`. */
export function encodeTree(entries: readonly TreeEntry[]): GitObject {
  const sortKey = (entry: TreeEntry): Buffer =>
    Buffer.from(entry.kind === 'directory' ? `${entry.name}/` : entry.name)
  const sorted = entries.toSorted((a, b) => Buffer.compare(sortKey(a), sortKey(b)))
  const parts = sorted.flatMap((entry) => [
    Buffer.from(`${MODES[entry.kind]} ${entry.name}\0`),
    Buffer.from(entry.id, 'hex'),
  ])
  return { type: 'tree', data: Buffer.concat(parts) }
}

/** A commit as Git writes it, in UTC, the author being the committer. */
export function encodeCommit(commit: Commit): GitObject {
  const who = `${commit.author} ${Math.floor(commit.date / 1000)} +0000`
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
    '',
    `${commit.message}\n`,
  ]
  return { type: 'commit', data: Buffer.from(lines.join('\n')) }
}

/** An annotated tag of a commit. */
export function encodeTag(name: string, commit: string, message: string): GitObject {
  const tagger = 'tagger Ann Author <ann@example.com> 0 +0000'
  const lines = [`object ${commit}`, 'type commit', `tag ${name}`, tagger, '', `${message}\n`]
  return { type: 'tag', data: Buffer.from(lines.join('\n')) }
}

const MODES = {
  file: '100644',
  executable: '100755',
  link: '120000',
  directory: '40000',
  submodule: '160000',
} as const

/** By the bits that Git looks at: old repositories hold `100664` and zero-padded modes. */
function kindOf(mode: string): TreeEntry['kind'] {
  const bits = /^[0-7]{5,7}$/.test(mode) ? Number.parseInt(mode, 8) : 0
  switch (bits & 0o170000) {
    case 0o100000:
      return (bits & 0o111) === 0 ? 'file' : 'executable'
    case 0o120000:
      return 'link'
    case 0o040000:
      return 'directory'
    case 0o160000:
      return 'submodule'
    default:
      throw new ObjectError(`a tree holds the unknown mode ${JSON.stringify(mode)}`)
  }
}

function splitHeaders(data: Uint8Array): { headers: readonly string[]; body: string } {
  const bytes = asBuffer(data)
  const blank = bytes.indexOf('\n\n')
  const head = bytes.toString('utf8', 0, blank < 0 ? bytes.length : blank)
  const encoding = /^encoding (.+)$/m.exec(head)?.[1]
  const decoder = decoderFor(encoding)
  return {
    headers: decoder.decode(blank < 0 ? bytes : bytes.subarray(0, blank)).split('\n'),
    body: blank < 0 ? '' : decoder.decode(bytes.subarray(blank + 2)),
  }
}

function decoderFor(encoding: string | undefined): { decode(bytes: Uint8Array): string } {
  try {
    return new TextDecoder(encoding ?? 'utf-8')
  } catch {
    // A name that nobody knows: most such commits are UTF-8 after all.
    return new TextDecoder()
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
