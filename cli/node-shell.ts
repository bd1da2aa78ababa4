import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { ask, askHidden } from './ask-terminal.ts'
import { sendHttp } from './send-http.ts'
import type { NamedText, Shell } from './shell.ts'

/** The real outside. */
export const createNodeShell = (): Shell => ({
  env: process.env,
  homeDir: homedir(),
  isInteractive: process.stdin.isTTY && process.stdout.isTTY,
  isErrorTty: process.stderr.isTTY,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ask,
  askHidden,
  request: sendHttp,
  readFile: readTextFile,
  writePrivateFile,
  runDiff,
  now: () => Date.now(),
  sleep: (milliseconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds)
    }),
  timeout: (seconds) =>
    seconds === 0 ? new AbortController().signal : AbortSignal.timeout(seconds * 1000),
})

async function readTextFile(path: string): Promise<string | undefined> {
  if (path === '-') return text(process.stdin)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function writePrivateFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = `${path}.${randomUUID()}`
  await writeFile(fresh, content, { mode: 0o600 })
  await rename(fresh, path)
}

async function runDiff(
  [program = 'diff', ...options]: readonly string[],
  left: NamedText,
  right: NamedText,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'argosy-diff-'))
  try {
    const files = [left, right].map(({ name }) => join(folder, basename(name)))
    for (const [index, { text: content }] of [left, right].entries()) {
      await writeFile(files[index] ?? '', content)
    }
    return await exitCodeOf(program, [...options, ...files])
  } finally {
    await rm(folder, { recursive: true })
  }
}

const exitCodeOf = (program: string, parameters: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 2))
  })
