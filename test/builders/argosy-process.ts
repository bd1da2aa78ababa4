import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

/** The platform as `npm start` runs it, in a process of its own. */
export interface ArgosyProcess {
  readonly pid: number
  readonly url: string
  readonly git: string
  readonly password: string
  /** Everything it has printed. */
  printed(): string
  /** Sends a signal and waits for the end. */
  end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<ArgosyEnd>
}

interface ArgosyEnd {
  /** Absent when a signal ended it. */
  readonly code?: number
  readonly seconds: number
}

export interface StartOptions {
  readonly dataDir: string
  readonly cluster: string
  readonly port?: number
}

const PROGRAM = resolve(import.meta.dirname, '../../local/start.ts')

/** Starts it, and waits until it says that it is ready. Throws what it printed when it ends before. */
export async function startArgosy(options: StartOptions): Promise<ArgosyProcess> {
  const { dataDir, cluster, port = 0 } = options
  const flags = ['--data', dataDir, '--cluster', cluster, '--port', String(port)]
  const child = spawn(process.execPath, [PROGRAM, ...flags, '--drift-interval', '5'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const exited = once(child, 'exit')
  const ready = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk
        if (printed.includes('Ctrl-C ends it')) done()
      })
  })
  await Promise.race([
    ready,
    exited.then(() => {
      throw new Error(printed)
    }),
  ])
  const lineOf = (label: RegExp): string => label.exec(printed)?.[1] ?? ''
  return {
    pid: child.pid ?? 0,
    url: lineOf(/^ +API +(\S+)/m),
    git: lineOf(/^ +Git +(\S+)/m),
    password: lineOf(/initial password (\S+)/),
    printed: () => printed,
    async end(signal) {
      const begin = performance.now()
      child.kill(signal)
      const [code] = (await exited) as [number | null]
      return {
        ...(code === null ? {} : { code }),
        seconds: (performance.now() - begin) / 1000,
      }
    },
  }
}
