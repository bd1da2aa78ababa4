import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expectThat } from './step-failed.ts'
import type { Stage } from './stage.ts'

type WithRepository = Pick<Stage, 'repository' | 'terminal'>

/** Runs git in the working copy, shown as typed, with what it prints. */
export async function git(stage: WithRepository, ...words: readonly string[]): Promise<void> {
  stage.terminal.command(['git', ...words])
  stage.terminal.output(await stage.repository.git(words))
}

/** Replaces text in a file of the working copy, as an editor does, and shows the difference. */
export async function editFile(
  stage: WithRepository,
  path: string,
  [before, after]: readonly [before: RegExp, after: string],
): Promise<void> {
  const file = join(stage.repository.path, path)
  const text = await readFile(file, 'utf8')
  expectThat(before.test(text), `${path} does not have what was to be edited`)
  await writeFile(file, text.replace(before, after))
  await git(stage, 'diff', '--unified=0', '--no-prefix')
}

/** Commits what was changed and pushes it; answers the commit. */
export async function commitAndPush(stage: WithRepository, message: string): Promise<string> {
  await git(stage, 'commit', '-a', '-m', message)
  // `--porcelain` prints to the standard output what otherwise goes to the error output.
  await git(stage, 'push', '--porcelain', 'origin', 'main')
  return (await stage.repository.git(['rev-parse', 'HEAD'])).trim()
}
