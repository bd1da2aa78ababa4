import type { HttpClient, PromiseFsClient } from 'isomorphic-git'
import { ArgosyError } from '../fault/fault.ts'
import { hideCredentials } from '../source/repo-url.ts'
import type { GitLimits } from './limits.ts'
import type { Ref } from './port.ts'
import { revisionNotFound, tooManyRefs, type Endpoint } from './smart-http.ts'
import { notARepository, unreachable, type Transport } from './transport.ts'

/**
 * Git's first protocol, for servers that know no other: isomorphic-git speaks it over our own
 * transport, so its limits, credentials and faults hold here too. Every `listRefs` moves the
 * whole list of refs and every new commit all its files (measured in ADR 0006).
 */
export async function listRefsV1(
  transport: Transport,
  endpoint: Endpoint,
  prefixes: readonly string[],
  limits: Pick<GitLimits, 'refs'>,
): Promise<readonly Ref[]> {
  const git = await loadLibrary()
  const refs = await translate(endpoint, () =>
    git.listServerRefs({
      http: httpOver(transport, endpoint),
      url: endpoint.base,
      protocolVersion: 1,
      symrefs: true,
      peelTags: true,
    }),
  )
  if (refs.length > limits.refs) throw tooManyRefs(endpoint.repo, limits.refs)
  return refs
    .filter(({ ref }) => prefixes.some((prefix) => ref.startsWith(prefix)))
    .map(({ ref, oid, peeled, target }) => ({
      name: ref,
      commit: peeled ?? oid,
      ...(target === undefined ? {} : { target }),
    }))
}

/**
 * A pack with one commit and all its files. Throws `RevisionNotFound` for a commit that the
 * server does not give by its id, which older servers do only for the tips of refs.
 */
export async function fetchCommitV1(
  transport: Transport,
  endpoint: Endpoint,
  commit: string,
): Promise<Uint8Array> {
  const git = await loadLibrary()
  const disk = packCatcher()
  try {
    await git.fetch({
      fs: disk.fs,
      http: httpOver(transport, endpoint),
      gitdir: '/repository',
      url: endpoint.base,
      ref: commit,
      remoteRef: commit,
      depth: 1,
      singleBranch: true,
      tags: false,
    })
  } catch (cause) {
    if (disk.pack() === undefined) throw translated(endpoint, cause)
  }
  const pack = disk.pack()
  if (pack === undefined) throw revisionNotFound(endpoint.repo, commit)
  return pack
}

/** Loaded by the first who needs it: it takes 200 ms, and most never do. */
const loadLibrary = async () => (await import('isomorphic-git')).default

/**
 * A file system that holds a configuration, forgets what is written, and stops isomorphic-git when it saves
 * the pack: its index would cost four times our own reader and inflate without a limit.
 */
function packCatcher(): {
  readonly fs: PromiseFsClient
  readonly pack: () => Uint8Array | undefined
} {
  let pack: Uint8Array | undefined
  const absent = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }))
  const ignored = (): Promise<void> => Promise.resolve()
  const writeFile = (path: string, data: Uint8Array | string): Promise<void> => {
    if (!path.endsWith('.pack') || typeof data === 'string') return Promise.resolve()
    pack = data
    return Promise.reject(new Error('the pack is all we want'))
  }
  // isomorphic-git calls this without a path to see whether it gets a promise.
  const readFile = (path = ''): Promise<string> =>
    path.endsWith('/config') ? Promise.resolve(CONFIG) : absent()
  const promises = {
    readFile,
    writeFile,
    unlink: ignored,
    readdir: absent,
    mkdir: ignored,
    rmdir: ignored,
    stat: absent,
    lstat: absent,
    readlink: absent,
    symlink: ignored,
  }
  return { fs: { promises }, pack: () => pack }
}

/** isomorphic-git fetches only for a remote that is configured, even when told what and whence. */
const CONFIG = '[remote "origin"]\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n'

const httpOver = (transport: Transport, { repo }: Endpoint): HttpClient => ({
  async request({ url, method = 'GET', headers = {}, body }) {
    const parts: Uint8Array[] = []
    for await (const part of body ?? []) parts.push(part)
    const answer = await transport.send({
      repo,
      method: method === 'POST' ? 'POST' : 'GET',
      url,
      headers,
      ...(body === undefined ? {} : { body: Buffer.concat(parts) }),
    })
    return {
      url: answer.url,
      method,
      headers: { ...answer.headers },
      body: answer.body as AsyncIterableIterator<Uint8Array>,
      statusCode: answer.status,
      statusMessage: 'OK',
    }
  },
})

async function translate<T>(endpoint: Endpoint, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw translated(endpoint, cause)
  }
}

/** Its own texts are not shown: "corrupted" is what it calls a server that gave up. */
function translated(endpoint: Endpoint, cause: unknown): ArgosyError {
  if (cause instanceof ArgosyError) return cause
  const code = cause instanceof Error ? cause.name : ''
  if (code === 'SmartHttpError' || code === 'EmptyServerResponseError')
    return notARepository(endpoint.repo, 'what answers there is not a Git server', cause)
  if (code === 'RemoteCapabilityError')
    return new ArgosyError(
      {
        code: 'Unimplemented',
        feature: `a Git server without shallow clones (${hideCredentials(endpoint.repo.url)})`,
      },
      { cause },
    )
  const unknown = /not our ref ([0-9a-f]{40})/.exec(String(cause))?.[1]
  return unknown === undefined
    ? unreachable(endpoint.repo, 'the server broke off the transfer', cause)
    : revisionNotFound(endpoint.repo, unknown, cause)
}
