import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultOf } from '../../lib/fault/fault.ts'
import { createHttpGit } from '../../lib/git/http-git.ts'
import { startGitServer, type GitServer } from './git-server.ts'
import { gitFailure, runGit } from './run-git.ts'
import { createSampleRepository } from './sample-repository.ts'
import { cloneWorkingCopy } from './working-copy.ts'

describe('the local Git server', () => {
  const pushes: string[] = []
  let root: string
  let server: GitServer
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'argosy-git-server-'))
    server = await startGitServer({ root, onPush: (repository) => pushes.push(repository) })
  })
  afterAll(async () => {
    await server.stop()
    await rm(root, { recursive: true, force: true })
  })

  test('offers the sample, and a push to it is seen at once', { timeout: 20_000 }, async () => {
    expect(await createSampleRepository(root, { image: 'example.com/guestbook:v9' })).toBe(true)
    expect(await createSampleRepository(root)).toBe(false)
    const repo = { url: `${server.url}/example-apps.git` }
    const git = createHttpGit({ clock: { now: () => 0 }, allowPrivateHosts: true })
    const [head] = await git.listRefs('acme', repo)
    expect(head?.target).toBe('refs/heads/main')
    const withoutSuffix = { url: `${server.url}/example-apps` }
    expect(await git.listRefs('acme', withoutSuffix)).toEqual(await git.listRefs('acme', repo))
    const first = head?.commit ?? ''
    const guestbook = await git.readDirectory('acme', repo, first, 'guestbook')
    expect([...guestbook.keys()]).toEqual(['guestbook-ui-deployment.yaml', 'guestbook-ui-svc.yaml'])
    const deployment = guestbook.get('guestbook-ui-deployment.yaml') ?? new Uint8Array()
    expect(Buffer.from(deployment).toString()).toContain('image: "example.com/guestbook:v9"')

    const copy = await cloneWorkingCopy(repo.url)
    const files = { 'guestbook/new.yaml': 'a: 1\n', 'guestbook/guestbook-ui-svc.yaml': undefined }
    const second = await copy.push({ files, message: 'Change the guestbook' })
    await copy.remove()
    expect(pushes).toEqual(['example-apps.git'])
    expect((await git.listRefs('acme', repo))[0]?.commit).toBe(second)
    expect(await git.changedDirectories('acme', repo, first, second)).toEqual(['', 'guestbook'])
    expect(await git.commitInfo('acme', repo, second)).toMatchObject({
      author: 'Argosy Example <example@argosy.invalid>',
      message: 'Change the guestbook',
    })
  })

  test.for(['/%', '/..%2f..%2fetc/passwd', '/example-apps.git/../../x', '/none.git/info/refs'])(
    'answers %s with a client error',
    async (path) => {
      const response = await fetch(server.url + path)
      await response.text()
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
    },
  )

  test.for([{ origin: 'https://evil.example' }, { host: 'evil.example' }])(
    'refuses a web page that sends %j',
    async (headers) => {
      const url = `${server.url}/example-apps.git/info/refs?service=git-receive-pack`
      const status = await new Promise((resolve, reject) => {
        http
          .get(url, { headers, agent: false }, (response) => {
            response.resume()
            resolve(response.statusCode)
          })
          .on('error', reject)
      })
      expect(status).toBe(403)
    },
  )

  test('says in one line that its port is taken', async () => {
    const port = Number(new URL(server.url).port)
    const error = await startGitServer({ root, port }).catch((cause: unknown) => cause)
    expect(faultOf(error).code).toBe('FailedPrecondition')
    expect(String(error)).toContain(`the Git server cannot listen on 127.0.0.1:${port}`)
  })
})

test('git that fails says why; git that is missing, what to install', async () => {
  const error = await runGit(['no-such-command'], { cwd: tmpdir(), home: tmpdir() }).catch(
    (cause: unknown) => cause,
  )
  expect(String(error)).toContain('git no-such-command: ')
  expect(gitFailure(Object.assign(new Error('spawn'), { code: 'ENOENT' })).message).toBe(
    'git is not installed: install Git 2.20 or later and have it on the PATH',
  )
})
