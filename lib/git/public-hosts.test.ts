import { createServer } from 'node:http'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { describeFault, faultOf } from '../fault/fault.ts'
import { createHttpGit } from './http-git.ts'
import { isPublicAddress, publicOnly, type Lookup } from './public-hosts.ts'

test.for([
  ['140.82.121.3', true],
  ['2606:50c0:8000::153', true],
  ['172.15.255.255', true],
  ['172.32.0.1', true],
  ['100.128.0.1', true],
  ['127.0.0.1', false],
  ['127.9.9.9', false],
  ['::1', false],
  ['0.0.0.0', false],
  ['::', false],
  ['169.254.169.254', false],
  ['169.254.170.2', false],
  ['fe80::1', false],
  ['fd00:ec2::254', false],
  ['10.0.0.1', false],
  ['172.16.0.1', false],
  ['172.31.255.255', false],
  ['192.168.1.1', false],
  ['100.64.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:a9fe:a9fe', false],
  ['::ffff:140.82.121.3', true],
  ['64:ff9b::a9fe:a9fe', false],
  ['2002:7f00:1::', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['ff02::1', false],
  ['not an address', false],
] as const)('%s is public: %s', ([address, isPublic]) => {
  expect(isPublicAddress(address)).toBe(isPublic)
})

/** A name server that answers these addresses. */
const answering =
  (...addresses: readonly string[]): Lookup =>
  (_host, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

const lookUp = (resolve: Lookup, all: boolean): Promise<unknown> =>
  new Promise((done, fail) =>
    publicOnly(resolve)('git.example.com', { all }, (error, address) =>
      error === null ? done(address) : fail(error),
    ),
  )

test('a name is refused when any of its addresses is private', async () => {
  const refused = lookUp(answering('140.82.121.3', '10.0.0.1'), true)
  await expect(refused).rejects.toThrow('git.example.com')
  await expect(lookUp(answering('10.0.0.1'), false)).rejects.toThrow('git.example.com')
})

test('a public name is looked up as it was asked for', async () => {
  const resolve = answering('140.82.121.3', '2606:50c0:8000::153')
  expect(await lookUp(resolve, true)).toHaveLength(2)
  expect(await lookUp(resolve, false)).toBe('140.82.121.3')
})

test.for([
  ['127.0.0.1', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['[::1]', '[::1]'],
  ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
  ['localhost', 'localhost'],
] as const)('a repository on http://%s is never connected to', async ([host, shown]) => {
  let connections = 0
  const server = createServer((_request, response) => response.end())
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const git = createHttpGit({ clock: { now: () => 0 } })
  const url = `http://${host}:${port}/repo`
  const error = await git.listRefs('acme', { url }).catch((cause: unknown) => cause)
  server.close()
  expect(faultOf(error)).toEqual({ code: 'RepositoryForbidden', repo: url, host: shown })
  expect(connections).toBe(0)
  expect(describeFault(faultOf(error))).toBe(
    `repository ${url} may not be read: ${shown} is not an address of the internet; use a host that is reachable from there`,
  )
})
