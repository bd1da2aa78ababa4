import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { ArgosyError } from '../../lib/fault/fault.ts'

export interface GoOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** How much of what Go said goes into a fault. */
const TAIL_CHARACTERS = 2_000

/**
 * Runs `go` from `PATH` at low priority and answers its output. Throws `FailedPrecondition` when
 * there is no Go, and `Internal` with its last words when it fails.
 */
export function runGo(args: readonly string[], { cwd, env }: GoOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, {
      cwd,
      env: { ...process.env, ...GO_ENVIRONMENT, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    lowerPriority(child.pid)
    let output = ''
    let complaints = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-TAIL_CHARACTERS)
    })
    const stop = (): void => void child.kill('SIGTERM')
    process.once('exit', stop)
    child.once('error', (cause) => reject(noGo(cause)))
    child.once('close', (code) => {
      process.off('exit', stop)
      if (code === 0) return resolve(output)
      const message = `go ${args[0] ?? ''} failed while building Kubernetes: ${complaints.trim()}`
      reject(new ArgosyError({ code: 'Internal', message }))
    })
  })
}

/** A build of ten minutes leaves the machine usable; where that is not allowed, it is not. */
function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // A build at normal priority is no worse than none.
  }
}

const GO_ENVIRONMENT = {
  CGO_ENABLED: '0',
  // Two compilers at once take 2 GB at most; the linker of kube-apiserver takes that much alone.
  GOFLAGS: '-mod=mod -buildvcs=false -p=2',
  GOWORK: 'off',
}

const noGo = (cause: Error): ArgosyError =>
  new ArgosyError(
    {
      code: 'FailedPrecondition',
      message:
        'Go is needed to build Kubernetes, and there is none on the PATH; install Go 1.25 or later, or set KUBEBUILDER_ASSETS to a folder with the binaries',
    },
    { cause },
  )
