import type { Clock } from '../clock/port.ts'
import { ArgosyError } from '../fault/fault.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { digestJson } from '../std/digest.ts'
import { type JsonObject, stringifyJson } from '../std/json.ts'
import { isAbsent, readManifest, readObject, refusal } from './answers.ts'
import { createDiscovery } from './discovery.ts'
import { CLUSTER_LIMITS, type ClusterLimits } from './limits.ts'
import { listPages } from './list-pages.ts'
import { applyQuery, objectPath } from './paths.ts'
import type {
  ApplyOptions,
  ApplyOutcome,
  Cluster,
  ClusterConnection,
  Clusters,
  KindInfo,
  RemoveOptions,
} from './port.ts'
import { createTransport, type Transport } from './request.ts'

export interface Http2ClustersOptions {
  readonly clock: Clock
  /** Called for every HTTP request sent, repetitions included. */
  readonly onRequest?: () => void
  readonly limits?: Partial<ClusterLimits>
}

/**
 * Clusters over our own HTTP/2 client: one connection per tenant, server and credentials
 * (docs/adr/0007-cluster-client.md). `connect` opens nothing yet; it throws `InvalidArgument`
 * for a server that is not an `https` URL.
 */
export function createHttp2Clusters(options: Http2ClustersOptions): Clusters {
  const limits = { ...CLUSTER_LIMITS, ...options.limits }
  // A Map keeps its order of insertion: the first entry is the one unused for longest.
  const opened = new Map<string, { readonly cluster: Cluster; readonly transport: Transport }>()

  return {
    connect(tenant, connection) {
      assertServer(connection.server)
      const key = `${tenant}\n${digestJson({ ...connection })}`
      const { clock, onRequest } = options
      const entry = opened.get(key) ?? open(connection, { clock, limits, onRequest })
      opened.delete(key)
      opened.set(key, entry)
      for (const [oldest, { transport }] of opened) {
        if (opened.size <= limits.clustersMax) break
        opened.delete(oldest)
        transport.close()
      }
      return entry.cluster
    },
    async close() {
      for (const { transport } of opened.values()) transport.close()
      opened.clear()
    },
  }
}

function assertServer(server: string): void {
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') return
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `cluster server ${JSON.stringify(url?.host ?? server)} is not an https:// URL without credentials; correct the server`,
  })
}

interface Context {
  readonly clock: Clock
  readonly limits: ClusterLimits
  readonly onRequest: (() => void) | undefined
}

function open(connection: ClusterConnection, context: Context) {
  const transport = createTransport({ connection, ...context })
  return { transport, cluster: createCluster(connection.server, transport, context) }
}

function createCluster(server: string, transport: Transport, { clock, limits }: Context): Cluster {
  const getObject = async (path: string, accept?: string): Promise<JsonObject> =>
    readObject(
      server,
      await transport.send({ method: 'GET', path, ...(accept === undefined ? {} : { accept }) }),
    )
  const discovery = createDiscovery(getObject, clock, limits)

  return {
    async version() {
      const { gitVersion } = await getObject('/version')
      return typeof gitVersion === 'string' ? gitVersion : ''
    },
    ...discovery,
    async get(info, namespace, name) {
      const path = objectPath(info, namespace, name)
      const answer = await transport.send({ method: 'GET', path })
      return isAbsent(answer, name) ? undefined : readManifest(server, answer)
    },
    async listMetadata(info) {
      const { items, resourceVersion } = await listPages(
        (path) => getObject(path, METADATA_LIST),
        info,
        limits,
      )
      return { items, resourceVersion }
    },
    async list(info, options) {
      return (await listPages((path) => getObject(path), info, { ...limits, ...options })).items
    },
    async apply(info, target, options) {
      const path = targetPath(info, target) + applyQuery(options)
      const body = stringifyJson(withPreconditions(target, options.observed))
      const answer = await transport.send({ method: 'PATCH', path, contentType: APPLY_PATCH, body })
      const object = readManifest(server, answer)
      return { object, outcome: outcomeOf(answer.status, object, options) }
    },
    async remove(info, key, options) {
      const path = objectPath(info, key.namespace, key.name)
      const body = stringifyJson(deleteOptions(options))
      const answer = await transport.send({
        method: 'DELETE',
        path,
        contentType: 'application/json',
        body,
      })
      if (isAbsent(answer, key.name)) return 'absent'
      if (answer.status >= 300) throw refusal(server, answer)
      return 'deleted'
    },
    async patch(info, key, operations) {
      const answer = await transport.send({
        method: 'PATCH',
        path: objectPath(info, key.namespace, key.name),
        contentType: 'application/json-patch+json',
        body: stringifyJson(operations),
      })
      return readManifest(server, answer)
    },
  }
}

const APPLY_PATCH = 'application/apply-patch+yaml'
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'

const targetPath = (info: KindInfo, { metadata }: Manifest): string =>
  objectPath(info, metadata.namespace ?? '', metadata.name ?? '')

/** Preconditions come from what was observed, never from a manifest that somebody exported (law 3). */
function withPreconditions(target: Manifest, observed: Manifest | undefined): Manifest {
  const { uid: _uid, resourceVersion: _version, ...metadata } = target.metadata
  if (observed === undefined) return { ...target, metadata }
  const { uid, resourceVersion } = observed.metadata
  if (uid === undefined || resourceVersion === undefined) {
    const message = `${target.kind} ${JSON.stringify(metadata.name ?? '')} was observed without uid and resourceVersion`
    throw new ArgosyError({ code: 'Internal', message })
  }
  return { ...target, metadata: { ...metadata, uid, resourceVersion } }
}

/**
 * 201 is `created`; an unchanged `resourceVersion` is `unchanged`. Without `observed`, and in a
 * dry run, nothing tells a change from none by itself: both are `configured`, compare the objects.
 */
function outcomeOf(
  status: number,
  object: Manifest,
  options: ApplyOptions,
): ApplyOutcome['outcome'] {
  if (status === 201) return 'created'
  const before = options.observed?.metadata.resourceVersion
  if (options.dryRun === true || before === undefined) return 'configured'
  return before === object.metadata.resourceVersion ? 'unchanged' : 'configured'
}

const deleteOptions = ({ uid, resourceVersion, propagation, dryRun }: RemoveOptions) => ({
  apiVersion: 'v1',
  kind: 'DeleteOptions',
  preconditions: { uid, resourceVersion },
  propagationPolicy: PROPAGATION[propagation],
  ...(dryRun === true ? { dryRun: ['All'] } : {}),
})

const PROPAGATION = {
  foreground: 'Foreground',
  background: 'Background',
  orphan: 'Orphan',
} as const satisfies Record<RemoveOptions['propagation'], string>
