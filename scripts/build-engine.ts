import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface EngineBuild {
  /** Path of the Go command. */
  readonly go: string
  readonly engine: string
  readonly sources: string
  readonly output: string
  readonly say: (line: string) => void
}

const PROGRESS_STEP = 0.1

/** Compiles one engine to a WebAssembly reactor; a failure carries what Go said. */
export async function buildEngine({
  go,
  engine,
  sources,
  output,
  say,
}: EngineBuild): Promise<void> {
  const env = { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm', GOWORK: 'off' }
  const began = performance.now()
  const packages = execFileSync(go, ['list', '-deps', `./${engine}`], {
    cwd: sources,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }).trim()
  const total = packages.split('\n').length
  say(`building engine ${engine} (${total} packages; a first build takes about two minutes)`)

  const flags = ['-trimpath', '-buildvcs=false', '-buildmode=c-shared', '-ldflags=-s -w', '-v']
  const build = spawn(go, ['build', ...flags, '-o', output, `./${engine}`], {
    cwd: sources,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const problems = showProgress(build, total, (share) =>
    say(`  ${engine} ${Math.round(share * 100)} %, ${secondsSince(began)} s`),
  )
  const [code]: unknown[] = await once(build, 'close')
  if (code !== 0) throw new Error(`engine ${engine} does not build:\n${problems.join('\n')}`)
  const megabytes = Math.round(statSync(output).size / 1e6)
  say(`engine ${engine} is built: ${megabytes} MB in ${secondsSince(began)} s`)
}

const secondsSince = (began: number): number => Math.round((performance.now() - began) / 1000)

const PROBLEM_LINES_MAX = 40

/** Go names each package as it begins with it; lines that are no package are problems. */
function showProgress(
  build: ChildProcess,
  total: number,
  show: (share: number) => void,
): readonly string[] {
  const problems: string[] = []
  if (build.stderr === null) return problems
  let seen = 0
  let shown = 0
  createInterface({ input: build.stderr }).on('line', (line) => {
    if (!/^[\w./~-]+$/.test(line)) {
      if (problems.length < PROBLEM_LINES_MAX) problems.push(line)
      return
    }
    seen += 1
    if (seen / total < shown + PROGRESS_STEP) return
    shown = Math.floor(seen / total / PROGRESS_STEP) * PROGRESS_STEP
    show(Math.min(1, shown))
  })
  return problems
}
