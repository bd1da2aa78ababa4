import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpListener, listen } from '../../local/listen.ts'
import { argosyIn } from '../builders/argosy-command.ts'
import { PASSWORD, signIn } from '../builders/api-session.ts'
import { guestbook } from '../builders/guestbook.ts'
import { createMemoryPlatform, type MemoryPlatform, REPO_URL } from '../builders/memory-platform.ts'

// The program as people start it: a process of its own, from another folder, over a real socket.
const folder = mkdtempSync(join(tmpdir(), 'argosy-cli-'))

let platform: MemoryPlatform
let server: HttpListener

beforeAll(async () => {
  platform = await createMemoryPlatform()
  platform.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  platform.repository.commit({ files: guestbook() })
  await signIn(platform)
  server = await listen(0, () => platform.api.fetch)
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const argosy = argosyIn(folder)

test('a login is remembered where nobody else can read it, and works from anywhere', async () => {
  const { host } = new URL(server.url)
  const login = await argosy([
    ...`login ${host} --plaintext --username admin --password`.split(' '),
    PASSWORD,
  ])
  expect(login).toEqual({
    code: 0,
    out: `'admin:login' logged in successfully\nContext '${host}' updated\n`,
    err: '',
  })
  expect(statSync(join(folder, 'config')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, 'config'), 'utf8')).toContain(`current-context: ${host}`)
})

test('an application is created and synced, and the diff program runs', async () => {
  await argosy(
    `app create guestbook --repo ${REPO_URL} --path guestbook --dest-name in-cluster --dest-namespace default`,
  )
  const diff = await argosy('app diff guestbook')
  expect(diff).toMatchObject({ code: 1, err: '' })
  expect(diff.out).toContain('> kind: Service')
  const sync = await argosy('app sync guestbook')
  expect(sync).toMatchObject({ code: 0, err: '' })
  expect(sync.out).toContain('service/guestbook-ui created')
})

test('a server that is not there is named with the remedy, in one line', async () => {
  const { code, out, err } = await argosy('app list --server http://127.0.0.1:1')
  expect({ code, out }).toEqual({ code: 20, out: '' })
  expect(JSON.parse(err)).toMatchObject({
    level: 'fatal',
    msg: 'server http://127.0.0.1:1 is not reachable: connection refused; is it running, and is this its address?',
  })
})

test('a server without TLS is told apart from one that is not there', async () => {
  const { host } = new URL(server.url)
  const { err } = await argosy(`login ${host} --username admin --password x --name tls`)
  // The login before it has taught the program how this server talks.
  expect(err).toContain('Invalid username or password')
  const fresh = await argosy(`app list --server ${host} --config ${join(folder, 'none')}`)
  expect(fresh.err).toContain(`server https://${host} does not speak TLS; use --plaintext`)
})
