import { expect, test } from 'vitest'
import { readKubeconfig } from './kubeconfig.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A kubeconfig with one context `c` whose cluster and user carry these fields (YAML flow). */
const config = (cluster: string, user: string): string => `
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: k, user: u}}]
clusters: [{name: k, cluster: {${cluster}}}]
users: [{name: u, user: {${user}}}]`

const SERVER = 'server: "https://k.example.com:6443"'

test('a token and a CA become a connection', async () => {
  const text = config(`${SERVER}, certificate-authority-data: ${base64('CA')}`, 'token: t')
  expect(await readKubeconfig(text)).toEqual({
    name: 'c',
    connection: { server: 'https://k.example.com:6443', ca: 'CA', bearerToken: 't' },
  })
})

test('client certificates are read from data, or from files by the caller', async () => {
  const text = config(
    `${SERVER}, tls-server-name: kubernetes, certificate-authority: /ca.pem`,
    `client-certificate-data: ${base64('CERT')}, client-key: /key.pem`,
  )
  expect(
    await readKubeconfig(text, { context: 'c', readFile: async (path) => `<${path}>` }),
  ).toEqual({
    name: 'c',
    connection: {
      server: 'https://k.example.com:6443',
      tlsServerName: 'kubernetes',
      ca: '</ca.pem>',
      clientCertificate: 'CERT',
      clientKey: '</key.pem>',
    },
  })
})

test.for([
  ['not YAML', '{', 'kubeconfig is not valid; check its YAML and that every entry has a name'],
  [
    'insecure',
    config(`${SERVER}, insecure-skip-tls-verify: true`, 'token: t'),
    'kubeconfig sets insecure-skip-tls-verify for cluster k; give certificate-authority-data instead',
  ],
  [
    'plain http',
    config('server: "http://k:80"', 'token: t'),
    'kubeconfig names http://k:80 for cluster k; use an https:// URL',
  ],
  [
    'proxy',
    config(`${SERVER}, proxy-url: "http://proxy:3128"`, 'token: t'),
    'kubeconfig sets a proxy for cluster k; use a server that is reached directly',
  ],
  [
    'exec',
    config(SERVER, 'exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}'),
    'kubeconfig gets the credentials of user u from a program (exec); use a token or a client certificate, such as that of a ServiceAccount',
  ],
  [
    'password',
    config(SERVER, 'username: a, password: b'),
    'kubeconfig uses a password for user u; use a token or a client certificate, such as that of a ServiceAccount',
  ],
  [
    'file',
    config(`${SERVER}, certificate-authority: /ca.pem`, 'token: t'),
    'kubeconfig refers to the file /ca.pem; put its content in (kubectl config view --flatten --raw)',
  ],
] as const)('%s is refused', async ([, text, message]) => {
  await expect(readKubeconfig(text)).rejects.toThrow(message)
})

test('an unknown context names those that are there', async () => {
  await expect(readKubeconfig(config(SERVER, 'token: t'), { context: 'x' })).rejects.toThrow(
    'kubeconfig has no context "x"; name one of: c',
  )
})
