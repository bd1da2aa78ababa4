import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLocalAws, type LocalAws } from './aws.ts'
import { composeLocal, LOCAL_INTERVALS } from './compose.ts'
import { startGitServer, type GitServer } from './git-server/git-server.ts'
import { createSampleRepository } from './git-server/sample-repository.ts'

const root = mkdtempSync(join(tmpdir(), 'argosy-compose-'))
const dataDir = join(root, 'data')
let aws: LocalAws
let server: GitServer

beforeAll(async () => {
  aws = await startLocalAws({ dataDir })
  server = await startGitServer({ root: join(root, 'git') })
  await createSampleRepository(server.root)
})
afterAll(async () => {
  await server.stop()
  await aws.stop()
  rmSync(root, { recursive: true, force: true })
})

test('the files of a directory are fetched by one process and kept for the next', async () => {
  const repo = { url: `${server.url}/example-apps` }
  const compose = () => composeLocal({ dataDir, aws, intervals: LOCAL_INTERVALS, log: () => {} })
  const [first, second] = [compose(), compose()]
  const [head] = await first.ports.git.listRefs('default', repo)
  const read = async (platform: ReturnType<typeof compose>) => {
    const before = platform.counts().git
    const files = await platform.ports.git.readDirectory(
      'default',
      repo,
      head?.commit ?? '',
      'guestbook',
    )
    return { names: [...files.keys()], requests: platform.counts().git - before }
  }
  const names = ['guestbook-ui-deployment.yaml', 'guestbook-ui-svc.yaml']
  expect(await read(first)).toEqual({ names, requests: 2 })
  expect(await read(second)).toEqual({ names, requests: 1 })
})
