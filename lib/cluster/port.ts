import type { Manifest } from '../manifest/manifest.ts'
import type { ResourceKey } from '../manifest/key.ts'

/** Opens clusters; one connection per (tenant, server) is kept and shared. */
export interface Clusters {
  connect(tenant: string, connection: ClusterConnection): Cluster
  close(): Promise<void>
}

/** Everything needed to reach an API server; secrets in here are open, so it is never stored as it is. */
export interface ClusterConnection {
  readonly server: string
  /** PEM. */
  readonly ca?: string
  readonly tlsServerName?: string
  readonly bearerToken?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
}

/**
 * One cluster, seen through plain JSON. Laws, each in `test/contracts/cluster.contract.ts`:
 * - Unknown fields and integers beyond 2^53 survive.
 * - `apply` and `remove` honour `uid` and `resourceVersion` as preconditions (law 3): 409 when stale.
 * - `get` answers `undefined` only for a 404 of that object; 403 and errors are thrown.
 * - Faults: `ClusterUnreachable`, `ClusterRefused` (401), `KubernetesError` with the server's status.
 */
export interface Cluster {
  /** Git version of the server, such as `v1.35.4`. */
  version(): Promise<string>
  /** Facts about a kind; `undefined` when the cluster does not serve it. Discovery is cached. */
  kind(apiVersion: string, kind: string): Promise<KindInfo | undefined>
  /** The served kind for a group and kind, whatever its version (preferred first). */
  kindOf(group: string, kind: string): Promise<KindInfo | undefined>
  /** Forgets what discovery answered, so that a new CRD is seen. */
  refreshKinds(): void
  get(info: KindInfo, namespace: string, name: string): Promise<Manifest | undefined>
  /** Metadata of every object of a kind in all namespaces, page by page until complete. */
  listMetadata(info: KindInfo): Promise<MetadataList>
  list(info: KindInfo, options?: ListOptions): Promise<readonly Manifest[]>
  apply(info: KindInfo, target: Manifest, options: ApplyOptions): Promise<ApplyOutcome>
  /** Deletes; `absent` when it was not there. */
  remove(info: KindInfo, key: ResourceKey, options: RemoveOptions): Promise<'deleted' | 'absent'>
  /** JSON patch, used to move field ownership. */
  patch(info: KindInfo, key: ResourceKey, operations: readonly object[]): Promise<Manifest>
}

export interface KindInfo {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** Plural, as in URLs. */
  readonly resource: string
  readonly namespaced: boolean
}

export interface ListOptions {
  readonly namespace?: string
  readonly labelSelector?: string
}

export interface MetadataList {
  /** `apiVersion` and `kind` are those of the listed kind. */
  readonly items: readonly Manifest[]
  readonly resourceVersion: string
}

export interface ApplyOptions {
  readonly fieldManager: string
  readonly force: boolean
  readonly dryRun?: boolean
  /** The live object this apply was decided on; its `uid` and `resourceVersion` go along (law 3). */
  readonly observed?: Manifest
  readonly validate?: boolean
}

export interface ApplyOutcome {
  readonly outcome: 'created' | 'configured' | 'unchanged'
  readonly object: Manifest
}

export interface RemoveOptions {
  readonly uid: string
  readonly resourceVersion: string
  readonly propagation: 'foreground' | 'background' | 'orphan'
  readonly dryRun?: boolean
}

/** Clients of Argo CD look for this manager in `managedFields`; changing it orphans every field. */
export const FIELD_MANAGER = 'argocd-controller'
