import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockDataFolder } from '../local/data-lock.ts'
import { engineFolder } from '../local/engine-folder.ts'
import { ArgosyError } from '../lib/fault/fault.ts'
import { buildEngine } from './build-engine.ts'
import { findGo } from './find-go.ts'

/**
 * Builds the engines of this checkout into the user's cache, unless they are there.
 * `ARGOSY_SKIP_ENGINES=1` skips it, for who needs no engine.
 */
async function buildEngines(): Promise<void> {
  if (process.env['ARGOSY_SKIP_ENGINES'] === '1') return say('engines are skipped')
  const folder = engineFolder(join(import.meta.dirname, '..'))
  const engines = readdirSync(folder.sources, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && existsSync(join(folder.sources, entry.name, 'main.go')),
    )
    .map((entry) => entry.name)
  const isBuilt = (): boolean =>
    engines.every((engine) => existsSync(join(folder.built, `${engine}.wasm`)))
  if (isBuilt()) return say('engines are up to date')

  const lock = await lockWhenFree(join(folder.cache, 'engines', 'building'))
  try {
    if (isBuilt()) return say('engines are up to date')
    const go = findGo(folder.cache, say)
    const unfinished = `${folder.built}.unfinished`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    for (const engine of engines) {
      const output = join(unfinished, `${engine}.wasm`)
      await buildEngine({ go, engine, sources: folder.sources, output, say })
    }
    rmSync(folder.built, { recursive: true, force: true })
    renameSync(unfinished, folder.built)
  } finally {
    lock.release()
  }
}

const LOOK_AGAIN_MS = 1000

/** Another clone may be building the same engines: wait for it rather than build twice. */
async function lockWhenFree(path: string): Promise<ReturnType<typeof lockDataFolder>> {
  for (let looks = 0; ; looks++) {
    try {
      return lockDataFolder(path)
    } catch (error) {
      if (!(error instanceof ArgosyError)) throw error
      if (looks === 0) say(`another build is under way; waiting for it (${path})`)
      await sleep(LOOK_AGAIN_MS)
    }
  }
}

function say(line: string): void {
  process.stdout.write(`argosy: ${line}\n`)
}

try {
  await buildEngines()
} catch (error) {
  process.stderr.write(`argosy: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
