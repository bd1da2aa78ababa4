import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, relative, sep } from 'node:path'

export interface EngineFolder {
  /** Sources of the engines: a Go module, one folder per engine. */
  readonly sources: string
  /** Where the built engines of exactly these sources are, or will be. */
  readonly built: string
  /** Everything that is kept between builds. */
  readonly cache: string
}

/** The engines of the checkout at `root`; built ones are shared by all checkouts of a user. */
export function engineFolder(root: string): EngineFolder {
  const sources = join(root, 'engines')
  const cacheHome = process.env['XDG_CACHE_HOME'] ?? ''
  const cache = join(cacheHome === '' ? join(homedir(), '.cache') : cacheHome, 'argosy')
  return { sources, cache, built: join(cache, 'engines', digestOfFolder(sources)) }
}

const DIGEST_LENGTH = 20

function digestOfFolder(folder: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  for (const file of files) {
    const bytes = readFileSync(file)
    hash.update(`${relative(folder, file).split(sep).join('/')}\n${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex').slice(0, DIGEST_LENGTH)
}
