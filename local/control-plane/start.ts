import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterConnection } from '../../lib/cluster/port.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { lockDataFolder } from '../data-lock.ts'
import { addFakeNode } from './fake-node.ts'
import { findBinaries } from './build.ts'
import { type Credentials, prepareCredentials } from './credentials.ts'
import { freePorts } from './free-port.ts'
import { kwokConfig } from './kwok-config.ts'
import { createProcesses, type Processes } from './processes.ts'

export interface ControlPlane {
  /** Path of a kubeconfig for `kubectl`. */
  readonly kubeconfig: string
  readonly connection: ClusterConnection
  /** Ends every process; a data folder that was given stays, one of our own goes. */
  stop(): Promise<void>
}

export interface ControlPlaneOptions {
  /** Where the cluster keeps its state over a restart; a temporary folder when absent. */
  readonly dataDir?: string
  readonly onProgress: (line: string) => void
}

/**
 * Starts a real Kubernetes control plane on 127.0.0.1: etcd, kube-apiserver, controller-manager,
 * scheduler, and kwok, which plays one Node. Builds it first where it is not built yet.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const binaries = await findBinaries(options)
  const begin = performance.now()
  const dataDir = resolve(options.dataDir ?? mkdtempSync(join(tmpdir(), 'argosy-kubernetes-')))
  const lock = lockDataFolder(dataDir)
  const processes = createProcesses(binaries, dataDir)
  const stop = async (): Promise<void> => {
    await processes.stop()
    lock.release()
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    const connection = await startAll(processes, dataDir)
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    options.onProgress(`Kubernetes control plane ready at ${connection.server} in ${seconds} s`)
    return { kubeconfig: join(dataDir, 'kubeconfig'), connection, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startAll(processes: Processes, dataDir: string): Promise<ClusterConnection> {
  const credentials = prepareCredentials(dataDir)
  const ports = await choosePorts(dataDir)
  processes.start('etcd', etcdArguments(dataDir, ports))
  processes.start('kube-apiserver', apiServerArguments(credentials, ports))
  const certificate = join(credentials.certificates, 'apiserver.crt')
  await until(processes, 'kube-apiserver made no certificate', async () => existsSync(certificate))
  const connection = {
    server: `https://127.0.0.1:${ports.api}`,
    ca: readFileSync(certificate, 'utf8'),
    bearerToken: credentials.adminToken,
  }
  const kubeconfig = join(dataDir, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigText(connection), { mode: 0o600 })
  writeFileSync(join(dataDir, 'kwok.yaml'), kwokConfig())
  await until(processes, 'kube-apiserver did not become ready', () => isReady(connection))
  processes.start('kube-controller-manager', controllerArguments(credentials, kubeconfig, ports))
  processes.start('kube-scheduler', [
    ...componentArguments(kubeconfig),
    `--secure-port=${ports.scheduler}`,
    `--cert-dir=${join(dataDir, 'scheduler')}`,
  ])
  processes.start('kwok', [
    `--kubeconfig=${kubeconfig}`,
    `--config=${join(dataDir, 'kwok.yaml')}`,
    '--manage-all-nodes=true',
    '--node-lease-duration-seconds=0',
  ])
  await addFakeNode(connection, (what, check) => until(processes, what, check))
  return connection
}

interface Ports {
  readonly api: number
  readonly etcd: number
  readonly peer: number
  readonly controllers: number
  readonly scheduler: number
}

/** The ports of the last time where they are free, so that a kubeconfig stays good. */
async function choosePorts(dataDir: string): Promise<Ports> {
  const path = join(dataDir, 'ports.json')
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as number[]) : []
  const ports = await freePorts(before, 5)
  writeFileSync(path, JSON.stringify(ports))
  const [api = 0, etcd = 0, peer = 0, controllers = 0, scheduler = 0] = ports
  return { api, etcd, peer, controllers, scheduler }
}

function etcdArguments(dataDir: string, ports: Ports): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`
  const peer = `http://127.0.0.1:${ports.peer}`
  return [
    `--data-dir=${join(dataDir, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // A cluster for tests and demonstrations: losing its last second in a power cut is no loss.
    '--unsafe-no-fsync',
    '--log-level=error',
  ]
}

const apiServerArguments = (credentials: Credentials, ports: Ports): string[] => [
  `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
  '--bind-address=127.0.0.1',
  '--advertise-address=127.0.0.1',
  `--secure-port=${ports.api}`,
  `--cert-dir=${credentials.certificates}`,
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
  `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
  `--token-auth-file=${credentials.tokens}`,
  '--authorization-mode=RBAC',
  '--service-cluster-ip-range=10.0.0.0/16',
  '--allow-privileged=true',
  '--endpoint-reconciler-type=none',
  // Pods need no token here, and would have to wait for their namespace's ServiceAccount.
  '--disable-admission-plugins=ServiceAccount',
]

const componentArguments = (kubeconfig: string): string[] => [
  `--kubeconfig=${kubeconfig}`,
  `--authentication-kubeconfig=${kubeconfig}`,
  `--authorization-kubeconfig=${kubeconfig}`,
  '--leader-elect=false',
  '--bind-address=127.0.0.1',
]

const controllerArguments = (
  credentials: Credentials,
  kubeconfig: string,
  ports: Ports,
): string[] => [
  ...componentArguments(kubeconfig),
  `--secure-port=${ports.controllers}`,
  `--cert-dir=${join(credentials.certificates, 'controllers')}`,
  `--service-account-private-key-file=${credentials.serviceAccountKey}`,
  '--use-service-account-credentials=false',
  // The fake node sends no heartbeats that these two could look at.
  '--controllers=*,-node-ipam-controller,-node-lifecycle-controller',
]

function kubeconfigText({ server, ca = '', bearerToken }: ClusterConnection): string {
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') }
  return `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'argosy',
    clusters: [{ name: 'argosy', cluster }],
    users: [{ name: 'admin', user: { token: bearerToken } }],
    contexts: [{ name: 'argosy', context: { cluster: 'argosy', user: 'admin' } }],
  })}\n`
}

function isReady({ server, ca, bearerToken = '' }: ClusterConnection): Promise<boolean> {
  return new Promise((settle) => {
    const headers = { authorization: `Bearer ${bearerToken}` }
    const request = get(`${server}/readyz`, { ca, headers, agent: false }, (answer) => {
      answer.resume()
      settle(answer.statusCode === 200)
    })
    request.once('error', () => settle(false))
  })
}

const POLL_MS = 50
const START_TIMEOUT_MS = 120_000

/** Waits for a condition, and no longer than two minutes or until a program has ended. */
async function until(
  processes: Processes,
  what: string,
  check: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!(await check())) {
    processes.assertRunning()
    if (performance.now() > deadline) {
      const message = `${what} within ${START_TIMEOUT_MS / 1000} s; see the logs in its data folder`
      throw new ArgosyError({ code: 'Internal', message })
    }
    await sleep(POLL_MS)
  }
}
