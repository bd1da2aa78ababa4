import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../cli/run.ts'
import type { HttpRequest, HttpResponse, NamedText, Shell } from '../../cli/shell.ts'
import type { MemoryPlatform } from './memory-platform.ts'

export interface MemoryShell {
  /** Files by path: the config file, and what commands read. */
  readonly files: Map<string, string>
  readonly env: Record<string, string>
  /** Answers to questions, in order; with none left, nobody is there. */
  readonly answers: string[]
  /** Runs one command line and shows it as a transcript: output, errors, exit code. */
  run(...argv: readonly string[]): Promise<string>
}

/** A shell whose network is a platform in memory. */
export function createMemoryShell(platform: MemoryPlatform): MemoryShell {
  const files = new Map<string, string>()
  const env: Record<string, string> = {}
  const answers: string[] = []

  const runOnce = async (...argv: readonly string[]): Promise<string> => {
    const output = { out: '', err: '' }
    const answer = async (): Promise<string> => answers.shift() ?? ''
    const shell: Shell = {
      env,
      homeDir: '/home/ann',
      isInteractive: answers.length > 0,
      isErrorTty: env['TTY'] !== undefined,
      out: (text) => void (output.out += text),
      err: (text) => void (output.err += text),
      ask: answer,
      askHidden: answer,
      request: (request) => ask(platform, request),
      readFile: async (path) => files.get(path),
      writePrivateFile: async (path, text) => void files.set(path, text),
      async runDiff(command, left, right) {
        const { code, text } = diffTexts(command, left, right)
        output.out += text
        return code
      },
      now: () => platform.clock.now(),
      sleep: (milliseconds) => platform.sleep(milliseconds),
      timeout: (seconds) => timeoutOf(platform, seconds),
    }
    const exitCode = await run(argv, shell)
    const errors = output.err === '' ? '' : `--- stderr\n${output.err}`
    return `${output.out}${errors}--- exit ${exitCode}\n`
  }
  return { files, env, answers, run: runOnce }
}

async function ask({ api }: MemoryPlatform, request: HttpRequest): Promise<HttpResponse> {
  const { url, method, headers, body, signal } = request
  const response = await api.request(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })
  return { status: response.status, body: textChunks(response, signal) }
}

async function* textChunks(
  response: Response,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    if (signal?.aborted === true) return
    yield decoder.decode(chunk, { stream: true })
  }
}

/** Aborted once the platform's clock has come there; asked at every look. */
function timeoutOf({ clock }: MemoryPlatform, seconds: number): AbortSignal {
  const controller = new AbortController()
  if (seconds === 0) return controller.signal
  const until = clock.now() + seconds * 1000
  return new Proxy(controller.signal, {
    get(signal, property) {
      if (property === 'aborted' && clock.now() >= until) controller.abort()
      const value: unknown = Reflect.get(signal, property, signal)
      return typeof value === 'function' ? (value.bind(signal) as unknown) : value
    },
  })
}

/** The real program, on files of its own. */
function diffTexts(
  [program = 'diff', ...options]: readonly string[],
  left: NamedText,
  right: NamedText,
): { readonly code: number; readonly text: string } {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-test-'))
  try {
    const files = [left, right].map(({ name, text }) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    })
    const ended = spawnSync(program, [...options, ...files], { encoding: 'utf8' })
    return { code: ended.status ?? 2, text: ended.stdout }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
