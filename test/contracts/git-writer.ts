import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { deflateSync } from 'node:zlib'
import {
  createMemoryRepository,
  type MemoryRepository,
  type NewCommit,
} from '../../lib/git/memory-repository.ts'
import type { GitObject } from '../../lib/git/objects.ts'
import { writePack } from '../../lib/git/pack.ts'
import { runGit } from '../../local/git-server/run-git.ts'

/** How a contract test writes history, whatever holds the repository. */
export interface GitWriter {
  commit(commit: NewCommit): Promise<string>
  tag(name: string, commit: string, message?: string): Promise<void>
  setRef(name: string, commit: string | undefined): Promise<void>
  setHead(branch: string): Promise<void>
  /** Rewrites the repository as deltas. */
  repack(): Promise<void>
}

export const memoryWriter = (repository: MemoryRepository): GitWriter => ({
  commit: async (commit) => repository.commit(commit),
  tag: async (name, commit, message) => void repository.tag(name, commit, message),
  setRef: async (name, commit) => repository.setRef(name, commit),
  setHead: async (branch) => repository.setHead(branch),
  repack: async () => undefined,
})

/**
 * Makes `root/name` as a bare repository. Objects are written by hand, because a git process
 * for each would take most of the suite's time; git itself checks them when it serves them.
 */
export async function bareWriter(root: string, name: string): Promise<GitWriter> {
  const gitDir = join(root, name)
  const git = (args: readonly string[], input: string | Uint8Array = '') =>
    runGit(['--git-dir', gitDir, ...args], { cwd: root, home: root, input })
  const memory = createMemoryRepository()
  const written = new Set<string>()
  const writeRef = async (ref: string, id: string | undefined): Promise<void> => {
    if (id === undefined) await rm(join(gitDir, ref))
    else await write(join(gitDir, ref), `${id}\n`)
  }
  const save = async (): Promise<void> => {
    const fresh = [...memory.objects].filter(([id]) => !written.has(id))
    for (const [id] of fresh) written.add(id)
    if (fresh.length > LOOSE_MAX)
      await git(['index-pack', '--stdin'], writePack(fresh.map(([, object]) => object)))
    else await Promise.all(fresh.map(([id, object]) => writeLoose(gitDir, id, object)))
  }
  await initBare(gitDir)

  return {
    async commit(wanted) {
      const id = memory.commit(wanted)
      await save()
      await writeRef(`refs/heads/${wanted.branch ?? 'main'}`, id)
      return id
    },
    async tag(tag, commit, message) {
      const id = memory.tag(tag, commit, message)
      await save()
      await writeRef(`refs/tags/${tag}`, id)
    },
    async setRef(ref, commit) {
      memory.setRef(ref, commit)
      await writeRef(ref, commit)
    },
    setHead: (branch) => writeFile(join(gitDir, 'HEAD'), `ref: refs/heads/${branch}\n`),
    repack: async () => void (await git(['repack', '-adfq'])),
  }
}

/** Beyond this many new objects a pack is made of them. */
const LOOSE_MAX = 100

const writeLoose = (gitDir: string, id: string, { type, data }: GitObject): Promise<void> =>
  write(
    join(gitDir, 'objects', id.slice(0, 2), id.slice(2)),
    deflateSync(Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data])),
  )

/** What `git init --bare` makes, without starting a process for it. */
async function initBare(gitDir: string): Promise<void> {
  for (const folder of ['objects/pack', 'objects/info', 'refs/heads', 'refs/tags']) {
    await mkdir(join(gitDir, folder), { recursive: true })
  }
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n')
  await writeFile(join(gitDir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}
