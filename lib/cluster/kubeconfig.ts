import type { Cluster, User } from '@kubernetes/client-node'
import { ArgosyError } from '../fault/fault.ts'
import type { ClusterConnection } from './port.ts'

export interface KubeconfigOptions {
  /** Name of the context; the current one when absent. */
  readonly context?: string
  /** Reads a file that the kubeconfig names; without it, such references are refused. */
  readonly readFile?: (path: string) => Promise<string>
}

export interface KubeconfigEntry {
  readonly connection: ClusterConnection
  /** Name of the context. */
  readonly name: string
}

/**
 * Reads the connection of one context out of a kubeconfig. Throws `InvalidArgument` for what
 * cannot be read, for `insecure-skip-tls-verify` and plain http (traffic that anybody could
 * change), for proxies, and for credentials that need a program or a password.
 */
export async function readKubeconfig(
  text: string,
  options: KubeconfigOptions = {},
): Promise<KubeconfigEntry> {
  // Loaded here because it takes 130 MB and most of a second, and few processes need it.
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  try {
    config.loadFromString(text)
  } catch (cause) {
    throw invalid('is not valid', 'check its YAML and that every entry has a name', cause)
  }
  const name = options.context ?? config.getCurrentContext()
  const context = config.getContextObject(name)
  if (context === null) {
    const names = config.getContexts().map((each) => each.name)
    throw invalid(`has no context ${JSON.stringify(name)}`, `name one of: ${names.join(', ')}`)
  }
  const cluster = config.getCluster(context.cluster)
  const user = config.getUser(context.user)
  if (cluster === null) {
    throw invalid(`has no cluster ${JSON.stringify(context.cluster)}`, 'correct its context')
  }
  checkCluster(cluster)
  if (user !== null) checkUser(user)
  return { name, connection: await connectionOf(cluster, user, readerOf(options)) }
}

function checkCluster(cluster: Cluster): void {
  const { name, server, skipTLSVerify, proxyUrl } = cluster
  if (skipTLSVerify) {
    throw invalid(
      `sets insecure-skip-tls-verify for cluster ${name}`,
      'give certificate-authority-data instead',
    )
  }
  if (!server.startsWith('https://')) {
    throw invalid(`names ${server} for cluster ${name}`, 'use an https:// URL')
  }
  if (proxyUrl !== undefined && proxyUrl !== '') {
    throw invalid(`sets a proxy for cluster ${name}`, 'use a server that is reached directly')
  }
}

function checkUser(user: User): void {
  const { name, exec, authProvider, password, username, impersonateUser } = user
  const remedy = 'use a token or a client certificate, such as that of a ServiceAccount'
  if (exec !== undefined && exec !== null) {
    throw invalid(`gets the credentials of user ${name} from a program (exec)`, remedy)
  }
  if (authProvider !== undefined && authProvider !== null) {
    throw invalid(`uses an auth-provider for user ${name}`, remedy)
  }
  if ((password ?? username ?? '') !== '') {
    throw invalid(`uses a password for user ${name}`, remedy)
  }
  if ((impersonateUser ?? '') !== '') {
    throw invalid(`impersonates ${impersonateUser ?? ''} for user ${name}`, remedy)
  }
}

async function connectionOf(
  cluster: Cluster,
  user: User | null,
  read: (path: string) => Promise<string>,
): Promise<ClusterConnection> {
  const pem = async (data: string | undefined, file: string | undefined) =>
    data !== undefined && data !== ''
      ? Buffer.from(data, 'base64').toString('utf8')
      : file === undefined || file === ''
        ? undefined
        : await read(file)
  const ca = await pem(cluster.caData, cluster.caFile)
  const clientCertificate = await pem(user?.certData, user?.certFile)
  const clientKey = await pem(user?.keyData, user?.keyFile)
  const { tlsServerName } = cluster
  const bearerToken = user?.token
  return {
    server: cluster.server,
    ...(ca === undefined ? {} : { ca }),
    ...(tlsServerName === undefined || tlsServerName === '' ? {} : { tlsServerName }),
    ...(bearerToken === undefined || bearerToken === '' ? {} : { bearerToken }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(clientKey === undefined ? {} : { clientKey }),
  }
}

function readerOf({ readFile }: KubeconfigOptions): (path: string) => Promise<string> {
  return async (path) => {
    if (readFile === undefined) {
      throw invalid(
        `refers to the file ${path}`,
        'put its content in (kubectl config view --flatten --raw)',
      )
    }
    try {
      return await readFile(path)
    } catch (cause) {
      throw invalid(`refers to the file ${path}, which cannot be read`, 'correct the path', cause)
    }
  }
}

const invalid = (problem: string, remedy: string, cause?: unknown): ArgosyError =>
  new ArgosyError(
    { code: 'InvalidArgument', message: `kubeconfig ${problem}; ${remedy}` },
    cause === undefined ? {} : { cause },
  )
