import { ArgosyError } from '../fault/fault.ts'
import { hideCredentials } from '../source/repo-url.ts'
import type { GitLimits } from './limits.ts'
import { DELIMITER, FLUSH, packet, PacketError, packetText, readPackets } from './pkt-line.ts'
import type { Ref, Repo } from './port.ts'
import { notARepository, unreachable, type GitAnswer, type Transport } from './transport.ts'

/** The server answered, but not as protocol v2 does: it may lack it, or a feature we asked for. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

export interface Endpoint {
  readonly repo: Repo
  /** Where the repository answers, after redirects; no final `/`. */
  readonly base: string
}

export interface FetchRequest {
  readonly wants: readonly string[]
  /** Commits of which everything is here that the filter lets through. */
  readonly haves?: readonly string[]
  readonly depth?: number
  readonly filter?: 'blob:none' | 'tree:0' | undefined
  /** Bytes of the answer at most; defaults to the transport's limit. */
  readonly bytesMax?: number | undefined
}

/**
 * HEAD and the refs under the prefixes, by one request (gitprotocol-v2, `ls-refs`). Throws
 * `ProtocolError` where the answer is not v2's, and the transport's faults.
 */
export async function lsRefs(
  transport: Transport,
  endpoint: Endpoint,
  prefixes: readonly string[],
  limits: Pick<GitLimits, 'refs'>,
): Promise<readonly Ref[]> {
  const lines = ['peel', 'symrefs', ...prefixes.map((prefix) => `ref-prefix ${prefix}`)]
  const answer = await command(transport, endpoint, { name: 'ls-refs', lines })
  const refs: Ref[] = []
  for await (const line of packets(endpoint.repo, answer)) {
    if (line.type === 'flush') return refs
    const ref = parseRef(packetText(line))
    if (ref === undefined) throw new ProtocolError('the list of refs holds something else')
    if (refs.push(ref) > limits.refs) throw tooManyRefs(endpoint.repo, limits.refs)
  }
  throw new ProtocolError('the list of refs has no end')
}

/**
 * A pack with the wanted objects (gitprotocol-v2, `fetch`). Throws `ProtocolError` where the
 * answer holds no pack: a server that lacks `filter` hangs up without a word. Throws
 * `RevisionNotFound` for an object the server does not have or does not give.
 */
export async function fetchPack(
  transport: Transport,
  endpoint: Endpoint,
  request: FetchRequest,
): Promise<Uint8Array> {
  const haves = request.haves ?? []
  const lines = [
    // Without it a server sends again what a shallow client has (measured: 30 MB for 391 B).
    ...(haves.length > 0 ? ['thin-pack'] : []),
    'no-progress',
    'ofs-delta',
    ...haves.map((id) => `shallow ${id}`),
    ...(request.depth === undefined ? [] : [`deepen ${request.depth}`]),
    ...(request.filter === undefined ? [] : [`filter ${request.filter}`]),
    ...request.wants.map((id) => `want ${id}`),
    ...haves.map((id) => `have ${id}`),
    'done',
  ]
  const { bytesMax } = request
  const answer = await command(transport, endpoint, { name: 'fetch', lines, bytesMax })
  return await readPackfile(endpoint.repo, answer)
}

/** What a server says of itself, and where it answers. */
export interface Advertisement {
  readonly base: string
  readonly isV2: boolean
  readonly hasFilter: boolean
}

/** Asks for the capabilities (`GET info/refs`). Throws `NotARepository` for any other answer. */
export async function advertisement(
  transport: Transport,
  endpoint: Endpoint,
): Promise<Advertisement> {
  const answer = await transport.send({
    repo: endpoint.repo,
    method: 'GET',
    url: `${endpoint.base}${INFO_REFS}`,
    headers: { 'git-protocol': 'version=2' },
  })
  const type = answer.headers['content-type'] ?? ''
  if (!type.startsWith('application/x-git-upload-pack-advertisement'))
    throw notARepository(endpoint.repo, 'what answers there is not a Git server')
  const lines: string[] = []
  for await (const line of packets(endpoint.repo, answer)) {
    lines.push(packetText(line))
    // Those of v2 are a dozen; a long list is the refs of v1, which nobody needs here.
    if (lines.length > CAPABILITIES_MAX) break
  }
  const isV2 = lines.some((line) => line === 'version 2')
  const features = lines.find((line) => line.startsWith('fetch='))?.slice(6) ?? ''
  return {
    base: answer.url.replace(/\/info\/refs\?.*$/, ''),
    isV2,
    hasFilter: isV2 && features.split(' ').includes('filter'),
  }
}

const INFO_REFS = '/info/refs?service=git-upload-pack'
const CAPABILITIES_MAX = 50

interface Command {
  readonly name: 'ls-refs' | 'fetch'
  readonly lines: readonly string[]
  readonly bytesMax?: number | undefined
}

async function command(
  transport: Transport,
  { repo, base }: Endpoint,
  { name, lines, bytesMax }: Command,
): Promise<GitAnswer> {
  const head = [`command=${name}`, 'agent=argosy', 'object-format=sha1'].map(packet).join('')
  const body = head + DELIMITER + lines.map(packet).join('') + FLUSH
  const answer = await transport.send({
    repo,
    method: 'POST',
    url: `${base}/git-upload-pack`,
    headers: {
      'content-type': 'application/x-git-upload-pack-request',
      accept: 'application/x-git-upload-pack-result',
      'git-protocol': 'version=2',
    },
    body: Buffer.from(body),
    bytesMax,
  })
  const type = answer.headers['content-type'] ?? ''
  if (!type.startsWith('application/x-git-upload-pack-result'))
    throw new ProtocolError(`an answer of type ${JSON.stringify(type)}`)
  return answer
}

/** Packets of an answer; the server's own errors become faults. */
async function* packets(repo: Repo, answer: GitAnswer): ReturnType<typeof readPackets> {
  try {
    for await (const line of readPackets(answer.body)) {
      const text = line.type === 'data' && line.data.length < 4096 ? packetText(line) : ''
      if (text.startsWith('ERR ')) throw serverError(repo, text.slice(4))
      yield line
    }
  } catch (cause) {
    if (cause instanceof PacketError) throw new ProtocolError(cause.message, { cause })
    throw cause
  }
}

async function readPackfile(repo: Repo, answer: GitAnswer): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let isPack = false
  for await (const line of packets(repo, answer)) {
    if (line.type === 'data' && isPack) {
      const band = line.data[0]
      if (band === 1) parts.push(line.data.subarray(1))
      if (band === 3) throw serverError(repo, packetText(line).slice(1))
    } else if (packetText(line) === 'packfile') isPack = true
  }
  if (!isPack) throw new ProtocolError('an answer without a pack')
  return Buffer.concat(parts)
}

function parseRef(line: string): Ref | undefined {
  const match = /^([0-9a-f]{40}) (\S+)(.*)$/.exec(line)
  if (match === null) return undefined
  const [, id = '', name = '', attributes = ''] = match
  const peeled = / peeled:([0-9a-f]{40})/.exec(attributes)?.[1]
  const target = / symref-target:(\S+)/.exec(attributes)?.[1]
  return { name, commit: peeled ?? id, ...(target === undefined ? {} : { target }) }
}

/** The server's text is untrusted: one short line of it. */
function serverError(repo: Repo, text: string): ArgosyError {
  const line = text.trim().split('\n', 1)[0]?.slice(0, 200) ?? ''
  const unknown = /not our ref ([0-9a-f]{40})/.exec(line)?.[1]
  if (unknown !== undefined) return revisionNotFound(repo, unknown)
  return /not found|does not exist/i.test(line)
    ? notARepository(repo, `the server reports: ${line}`)
    : unreachable(repo, `the server reports: ${line}`)
}

export const revisionNotFound = (repo: Repo, revision: string, cause?: unknown): ArgosyError =>
  new ArgosyError(
    { code: 'RevisionNotFound', repo: hideCredentials(repo.url), revision },
    { cause },
  )

export const tooManyRefs = (repo: Repo, max: number): ArgosyError =>
  new ArgosyError({
    code: 'LimitExceeded',
    limit: 'refs',
    message: `repository ${hideCredentials(repo.url)} is too large: more than ${max} refs`,
  })
