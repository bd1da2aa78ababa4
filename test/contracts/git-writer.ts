import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NewFile } from '../../lib/git/build-tree.ts'
import {
  AUTHOR_DEFAULT,
  DATE_DEFAULT,
  type MemoryRepository,
  type NewCommit,
} from '../../lib/git/memory-repository.ts'
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
  tag: async (name, commit, message) => repository.tag(name, commit, message),
  setRef: async (name, commit) => repository.setRef(name, commit),
  setHead: async (branch) => repository.setHead(branch),
  repack: async () => undefined,
})

/** Makes `root/name` as a bare repository and writes into it with `git fast-import`. */
export async function bareWriter(root: string, name: string): Promise<GitWriter> {
  const gitDir = join(root, name)
  const run = { cwd: root, home: root }
  const git = (args: readonly string[], input: string | Uint8Array = '') =>
    runGit(['--git-dir', gitDir, ...args], { ...run, input })
  await initBare(gitDir)
  const tips = new Map<string, string>()
  const dates = new Map<string, number>()

  return {
    async commit(wanted) {
      const ref = `refs/heads/${wanted.branch ?? 'main'}`
      const tip = tips.get(ref)
      const parents = wanted.parents ?? (tip === undefined ? [] : [tip])
      const before = dates.get(parents[0] ?? '')
      const date = wanted.date ?? (before === undefined ? DATE_DEFAULT : before + 60_000)
      const stream = importStream(ref, { ...wanted, parents, date })
      const id = (await git(['fast-import', '--quiet', '--force'], stream)).trim()
      tips.set(ref, id)
      dates.set(id, date)
      return id
    },
    async tag(tag, commit, message) {
      if (message === undefined) return await writeRef(gitDir, `refs/tags/${tag}`, commit)
      const stream = `tag ${tag}\nfrom ${commit}\ntagger ${AUTHOR_DEFAULT} 0 +0000\n`
      await git(['fast-import', '--quiet'], stream + data(`${message}\n`).toString())
    },
    async setRef(ref, commit) {
      await writeRef(gitDir, ref, commit)
      if (commit === undefined) tips.delete(ref)
      else tips.set(ref, commit)
    },
    setHead: (branch) => writeFile(join(gitDir, 'HEAD'), `ref: refs/heads/${branch}\n`),
    async repack() {
      await git(['repack', '-adfq'])
    },
  }
}

/** What `git init --bare` makes, without starting a process for it. */
async function initBare(gitDir: string): Promise<void> {
  for (const folder of ['objects/pack', 'objects/info', 'refs/heads', 'refs/tags']) {
    await mkdir(join(gitDir, folder), { recursive: true })
  }
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n')
  await writeFile(join(gitDir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
}

async function writeRef(gitDir: string, ref: string, commit: string | undefined): Promise<void> {
  if (commit === undefined) return await rm(join(gitDir, ref))
  await writeFile(join(gitDir, ref), `${commit}\n`)
}

function importStream(ref: string, commit: NewCommit): Uint8Array {
  const who = `${commit.author ?? AUTHOR_DEFAULT} ${(commit.date ?? 0) / 1000} +0000`
  const [from, ...merges] = commit.parents ?? []
  const parts = [
    `commit ${ref}\nmark :1\nauthor ${who}\ncommitter ${who}\n`,
    data(`${commit.message ?? 'Change'}\n`),
    from === undefined ? '' : `from ${from}\n`,
    ...merges.map((merge) => `merge ${merge}\n`),
    'deleteall\n',
    ...Object.entries(commit.files).flatMap(([path, file]) => change(path, file)),
    '\nget-mark :1\n',
  ]
  return Buffer.concat(parts.map((part) => Buffer.from(part)))
}

function change(path: string, file: NewFile): readonly (string | Uint8Array)[] {
  const quoted = `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  if (typeof file === 'string' || file instanceof Uint8Array)
    return [`M 100644 inline ${quoted}\n`, data(file)]
  if (file.kind === 'submodule') return [`M 160000 ${file.commit} ${quoted}\n`]
  return [`M ${file.kind === 'link' ? '120000' : '100755'} inline ${quoted}\n`, data(file.content)]
}

const data = (content: string | Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(`data ${Buffer.byteLength(content)}\n`),
    Buffer.from(content),
    Buffer.from('\n'),
  ])
