import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHttpGit } from '../../lib/git/http-git.ts'
import { createMemoryGit } from '../../lib/git/memory-git.ts'
import { startGitServer, type GitServerOptions } from '../../local/git-server/git-server.ts'
import { runGit } from '../../local/git-server/run-git.ts'
import { bareWriter, memoryWriter } from './git-writer.ts'
import { describeGit, type GitHost } from './git.contract.ts'

describeGit({
  name: 'memory',
  async start() {
    const git = createMemoryGit()
    return {
      git,
      async create(name) {
        const url = `https://git.example.com/${name}`
        return { repo: { url }, writer: memoryWriter(git.repository(url)) }
      },
      requests: () => git.requests(),
      stop: async () => undefined,
    }
  },
})

describeGit({ name: 'http, protocol v2 with filter', start: () => startHost({}) })

describeGit({
  name: 'http, protocol v2 without filter',
  start: () => startHost({ allowFilter: false }),
  lacks: { history: 'commits alone cannot be asked for without a filter' },
})

describeGit({
  name: 'http, protocol v1',
  start: () => startHost({ protocolV2: false }),
  lacks: {
    oldCommits: 'such servers give only the tips of refs',
    history: 'commits alone cannot be asked for',
    requestCounts: 'each fetch begins with the list of refs',
  },
})

test('git finds nothing wrong with the objects that we write', async () => {
  const root = await mkdtemp(join(tmpdir(), 'argosy-git-'))
  const writer = await bareWriter(root, 'own.git')
  const executable = { kind: 'executable', content: '3' } as const
  const first = await writer.commit({ files: { 'a.b': '1', 'a/x': '2', a0: executable } })
  await writer.commit({ files: {}, message: 'Empty' })
  await writer.tag('v1', first, 'Version 1')
  const checked = runGit(['--git-dir', 'own.git', 'fsck', '--strict'], { cwd: root, home: root })
  expect(await checked).toBe('')
  await rm(root, { recursive: true, force: true })
})

/** The real `git http-backend`, and our client. */
async function startHost(options: Partial<GitServerOptions>): Promise<GitHost> {
  const root = await mkdtemp(join(tmpdir(), 'argosy-git-'))
  const server = await startGitServer({ root, ...options })
  let requests = 0
  const git = createHttpGit({
    clock: { now: () => 0 },
    onRequest: () => void requests++,
    allowPrivateHosts: true,
  })
  return {
    git,
    async create(name) {
      return { repo: { url: `${server.url}/${name}` }, writer: await bareWriter(root, name) }
    },
    requests: () => requests,
    async stop() {
      await server.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}
