import { expect, test } from 'vitest'
import {
  type Config,
  configPath,
  readConfig,
  withLogin,
  withoutToken,
  writeConfig,
} from './config.ts'
import { connectionOf } from './connect.ts'

const ARGOCD_CONFIG = `contexts:
- name: cd.example.com
  server: cd.example.com
  user: cd.example.com
- name: local
  server: 127.0.0.1:8080
  user: local
current-context: local
servers:
- grpc-web-root-path: ""
  server: cd.example.com
- grpc-web-root-path: ""
  plain-text: true
  server: 127.0.0.1:8080
users:
- auth-token: token-1
  name: cd.example.com
- auth-token: token-2
  name: local
`

const readText = (text: string | undefined): Promise<Config> =>
  readConfig({ readFile: async () => text }, 'config')

async function writtenText(config: Config): Promise<string> {
  let written = ''
  await writeConfig({ writePrivateFile: async (_path, text) => void (written = text) }, 'x', config)
  return written
}

test('the config that argocd writes is read, and written as it was', async () => {
  expect(await writtenText(await readText(ARGOCD_CONFIG))).toBe(ARGOCD_CONFIG)
})

test('a first login, a second one, and a logout', async () => {
  const server = { server: 'h:1', plainText: true, insecure: false }
  const first = withLogin(await readText(undefined), { context: 'c', server, token: 't1' })
  const second = withLogin(first, { context: 'c', server, token: 't2' })
  expect(second).toEqual({
    currentContext: 'c',
    contexts: [{ name: 'c', server: 'h:1', user: 'c' }],
    servers: [server],
    users: [{ name: 'c', token: 't2' }],
  })
  expect(withoutToken(second, 'c').users).toEqual([{ name: 'c', token: '' }])
})

test('a config that cannot be read is named', async () => {
  await expect(readText('a: [')).rejects.toThrow('config file config is not readable: line 1')
})

test.for([
  [{}, undefined, '/home/ann/.config/argosy/config'],
  [{ XDG_CONFIG_HOME: '/x' }, undefined, '/x/argosy/config'],
  [{ ARGOSY_CONFIG_DIR: '/y', XDG_CONFIG_HOME: '/x' }, undefined, '/y/config'],
  [{ ARGOSY_CONFIG_DIR: '/y' }, 'mine', 'mine'],
] as const)('with %j and --config %j it is %s', ([env, flag, path]) => {
  expect(configPath({ env, homeDir: '/home/ann' }, flag)).toBe(path)
})

test.for([
  [{}, {}, 'http://127.0.0.1:8080', 'token-2'],
  [{ argocdContext: 'cd.example.com' }, {}, 'https://cd.example.com', 'token-1'],
  [{ server: 'cd.example.com' }, {}, 'https://cd.example.com', 'token-1'],
  [{ server: 'http://other:1/' }, {}, 'http://other:1', undefined],
  [{ server: 'other:1', plaintext: true, authToken: 't' }, {}, 'http://other:1', 't'],
  [{}, { ARGOSY_SERVER: 'env:1', ARGOSY_AUTH_TOKEN: 'e' }, 'https://env:1', 'e'],
  [{ server: 'cd.example.com' }, { ARGOSY_SERVER: 'env:1' }, 'https://cd.example.com', 'token-1'],
] as const)('flags %j and environment %j lead to %s', async ([flags, env, url, token]) => {
  const connection = connectionOf({ env }, flags, await readText(ARGOCD_CONFIG))
  expect([connection.url, connection.token]).toEqual([url, token])
})

test('without any server the remedy is named', async () => {
  const config = await readText(undefined)
  expect(() => connectionOf({ env: {} }, {}, config)).toThrow(
    "log in with 'argosy login HOST:PORT'",
  )
  expect(() => connectionOf({ env: {} }, { argocdContext: 'x' }, config)).toThrow(
    "context 'x' undefined",
  )
})
