import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runGit } from './run-git.ts'

/** A clone in which a person's work is played: edit, commit, push. */
export interface WorkingCopy {
  readonly path: string
  /** Writes files by their path, deletes those that are `undefined`, commits and pushes to the branch. */
  push(change: Change): Promise<string>
  /** What git prints for these arguments, run in the clone. */
  git(args: readonly string[]): Promise<string>
  /** Deletes the clone. */
  remove(): Promise<void>
}

export interface Change {
  readonly files: Readonly<Record<string, string | undefined>>
  readonly message: string
  /** Defaults to `main`; made where there is none. */
  readonly branch?: string
}

/**
 * Clones a repository into a temporary folder with the system's git, free of the machine's own
 * settings. Throws `FailedPrecondition` with git's words.
 */
export async function cloneWorkingCopy(url: string): Promise<WorkingCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'argosy-working-copy-'))
  const path = join(folder, 'clone')
  const git = (args: readonly string[]) => runGit([...AUTHOR, ...args], { cwd: path, home: folder })
  try {
    await runGit(['clone', '-q', url, path], { cwd: folder, home: folder })
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }

  return {
    path,
    git,
    async push({ files, message, branch = 'main' }) {
      await git(['checkout', '-q', '-B', branch])
      for (const [name, content] of Object.entries(files)) {
        const file = join(path, name)
        await mkdir(dirname(file), { recursive: true })
        if (content === undefined) await rm(file)
        else await writeFile(file, content)
      }
      await git(['add', '--all'])
      await git(['commit', '-q', '-m', message])
      await git(['push', '-q', 'origin', branch])
      return (await git(['rev-parse', 'HEAD'])).trim()
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

export const AUTHOR: readonly string[] = [
  '-c',
  'user.name=Argosy Example',
  '-c',
  'user.email=example@argosy.invalid',
]
