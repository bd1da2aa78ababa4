import { access, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from './run-git.ts'
import { AUTHOR } from './working-copy.ts'

export interface SampleOptions {
  /** Image of the guestbook; defaults to the one in the sample's manifest. */
  readonly image?: string
}

export const SAMPLE_REPOSITORY = 'example-apps.git'

const SAMPLES = join(import.meta.dirname, '../sample-repositories/example-apps')
const GUESTBOOK = 'guestbook/guestbook-ui-deployment.yaml'

/**
 * Makes the bare repository `example-apps.git` under `root` with our sample Applications as its
 * first commit; one that is there already is left as it is. Answers whether it was made.
 */
export async function createSampleRepository(
  root: string,
  options: SampleOptions = {},
): Promise<boolean> {
  const bare = join(root, SAMPLE_REPOSITORY)
  if (await exists(join(bare, 'HEAD'))) return false
  const folder = await mkdtemp(join(root, '.making-'))
  try {
    const run = { cwd: folder, home: folder }
    const tree = join(folder, 'example-apps')
    await cp(SAMPLES, tree, { recursive: true })
    if (options.image !== undefined) await setImage(join(tree, GUESTBOOK), options.image)
    const git = (args: readonly string[]) => runGit(args, { ...run, cwd: tree })
    await git(['init', '-q', '-b', 'main'])
    await git(['add', '--all'])
    await git([...AUTHOR, 'commit', '-q', '-m', 'Add example Applications'])
    await runGit(['clone', '-q', '--bare', tree, bare], run)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return true
}

async function setImage(file: string, image: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  // A quoted string is YAML whatever the image's name holds.
  await writeFile(
    file,
    text.replace(/image: .*/, () => `image: ${JSON.stringify(image)}`),
  )
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
