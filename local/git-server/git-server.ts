import { access, mkdir } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { refusalOf, refuse } from '../foreign-requests.ts'
import { serveGit, type GitBackend } from './http-backend.ts'
import { runGit } from './run-git.ts'

export interface GitServerOptions {
  /** Folder of the bare repositories. */
  readonly root: string
  /** 0 takes a free port. */
  readonly port?: number
  /** Called after a push, with the repository's name as the pusher's URL has it: `example-apps.git`. */
  readonly onPush?: (repository: string) => void
  /** Whether the server answers in protocol v2; without it it is a server of the first kind. */
  readonly protocolV2?: boolean
  /** Whether clients may leave out files (`uploadpack.allowFilter`). */
  readonly allowFilter?: boolean
  /** User and password that every request must carry. */
  readonly credentials?: { readonly username: string; readonly password: string }
}

export interface GitServer {
  /** `http://127.0.0.1:PORT`; repositories are beneath it by their folder's name. */
  readonly url: string
  readonly root: string
  stop(): Promise<void>
}

/**
 * A Git server on this machine: the real `git http-backend` over the bare repositories of a
 * folder, pushes included, and nobody asked who they are unless `credentials` are given; web pages
 * are refused. Throws
 * `FailedPrecondition` where git or its http-backend is missing or the port is taken.
 */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  await mkdir(options.root, { recursive: true })
  const backend: GitBackend = {
    program: await findBackend(options.root),
    root: options.root,
    passProtocol: options.protocolV2 ?? true,
    allowFilter: options.allowFilter ?? true,
    onPush: options.onPush ?? (() => undefined),
  }
  const expected = authorizationOf(options.credentials)
  const server = http.createServer((request, response) => {
    const { host, origin } = request.headers
    const refusal = refusalOf({ host, origin })
    if (refusal !== undefined) return refuse(request, response, refusal)
    if (expected === undefined || request.headers.authorization === expected)
      return serveGit(backend, request, response)
    response.writeHead(401, { 'www-authenticate': 'Basic realm="argosy"' }).end()
  })
  await listen(server, '127.0.0.1', options.port ?? 0)
  const { address, port } = server.address() as AddressInfo

  return {
    url: `http://${address}:${port}`,
    root: options.root,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

const authorizationOf = (credentials: GitServerOptions['credentials']): string | undefined =>
  credentials === undefined
    ? undefined
    : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`

async function findBackend(root: string): Promise<string> {
  const folder = (await runGit(['--exec-path'], { cwd: root, home: root })).trim()
  const program = join(folder, 'git-http-backend')
  try {
    await access(program)
  } catch (cause) {
    throw new ArgosyError(
      {
        code: 'FailedPrecondition',
        message: `git http-backend is missing (looked for ${program}): install Git's own package that holds it`,
      },
      { cause },
    )
  }
  return program
}

async function listen(server: http.Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new ArgosyError(
          {
            code: 'FailedPrecondition',
            message: `the Git server cannot listen on ${host}:${port}: ${cause.message}`,
          },
          { cause },
        ),
      )
    })
    server.listen(port, host, resolve)
  })
}
