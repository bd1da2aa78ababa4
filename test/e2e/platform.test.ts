import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { argosyIn } from '../builders/argosy-command.ts'
import { type ArgosyProcess, startArgosy } from '../builders/argosy-process.ts'

// The platform as people start it, with a cluster that is down: what it keeps, and how it ends.
const folder = mkdtempSync(join(tmpdir(), 'argosy-platform-'))
const dataDir = join(folder, 'data')
const cluster = join(folder, 'kubeconfig')
const argosy = argosyIn(folder)
/** A start takes a second or two, on a machine that has nothing else to do. */
const TIMEOUT = 30_000

let platform: ArgosyProcess

beforeAll(async () => {
  writeFileSync(cluster, JSON.stringify(kubeconfigOf('https://127.0.0.1:1')))
  platform = await startArgosy({ dataDir, cluster })
}, TIMEOUT)
afterAll(async () => {
  await platform.end('SIGKILL')
  rmSync(folder, { recursive: true })
})

const kubeconfigOf = (server: string) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'down',
  clusters: [{ name: 'down', cluster: { server } }],
  users: [{ name: 'admin', user: { token: 'nobody' } }],
  contexts: [{ name: 'down', context: { cluster: 'down', user: 'admin' } }],
})

const login = (password: string) =>
  argosy(`login ${new URL(platform.url).host} --plaintext --username admin --password ${password}`)

test(
  'a second start goes on where the first stopped, which Ctrl-C ended within 2 s',
  async () => {
    expect(await login(platform.password)).toMatchObject({ code: 0 })
    const change = `--current-password ${platform.password} --new-password kept-password`
    expect(await argosy(`account update-password ${change}`)).toMatchObject({ code: 0 })
    const created = await argosy(
      `app create kept --repo ${platform.git} --path guestbook --dest-name in-cluster --dest-namespace default`,
    )
    expect(created).toEqual({ code: 0, out: "application 'kept' created\n", err: '' })
    const { port } = new URL(platform.url)

    const end = await platform.end('SIGINT')
    expect(end).toEqual({ code: 0, seconds: expect.any(Number) })
    expect(end.seconds).toBeLessThan(2)

    platform = await startArgosy({ dataDir, cluster, port: Number(port) })
    expect(new URL(platform.url).port).toBe(port)
    expect(platform.printed()).toContain('password was changed')
    // The login of before is still good, and so is the new password.
    expect((await argosy('app list -o name')).out).toBe('argocd/kept\n')
    expect(await login('kept-password')).toMatchObject({ code: 0 })
  },
  TIMEOUT,
)

test(
  'a data folder that is in use is named, with who uses it and what to do',
  async () => {
    await expect(startArgosy({ dataDir, cluster })).rejects.toThrow(
      `argosy: data folder ${dataDir} is in use by process ${platform.pid}; stop that process, or choose another folder with --data`,
    )
  },
  TIMEOUT,
)

test(
  'when the port is taken a free one is used, and said',
  async () => {
    const blocker = createServer()
    await new Promise<void>((done) => blocker.listen(0, '127.0.0.1', done))
    const { port } = blocker.address() as AddressInfo
    const second = await startArgosy({ dataDir: join(folder, 'second'), cluster, port })
    blocker.close()
    expect(second.printed()).toContain(`port ${port} is taken; a free one is used instead`)
    expect(new URL(second.url).port).not.toBe(String(port))
    await second.end('SIGTERM')
  },
  TIMEOUT,
)

test(
  'a cluster that is down is a condition of its Applications, and stops nothing else',
  async () => {
    const status = async () => JSON.parse((await argosy('app get kept -o json')).out) as object
    await expect.poll(status, { timeout: 10_000, interval: 100 }).toMatchObject({
      status: {
        sync: { status: 'Unknown' },
        conditions: [
          {
            type: 'ComparisonError',
            message: expect.stringContaining(
              'cluster https://127.0.0.1:1 is not reachable: connection refused',
            ),
          },
        ],
      },
    })
  },
  TIMEOUT,
)
