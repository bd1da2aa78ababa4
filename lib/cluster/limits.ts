/** Bounds of a cluster connection; every one is tested in `http2-cluster.test.ts` or the contract. */
export interface ClusterLimits {
  /** One request with its retries for a lost connection; waiting for `Retry-After` comes on top. */
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
  /** A connection that carried nothing for this long is closed. */
  readonly idleMs: number
  /** A connection that was silent for this long is asked with a ping before it is used again. */
  readonly pingAfterMs: number
  readonly pingTimeoutMs: number
  readonly concurrentRequestsMax: number
  /** Unpacked size of one answer. */
  readonly responseBytesMax: number
  /** How often a request is sent again because the server asked us to slow down. */
  readonly slowDownRetriesMax: number
  readonly retryAfterMaxMs: number
  readonly pageSize: number
  readonly pagesMax: number
  /** Discovery is asked again at most this often for a kind that it did not know. */
  readonly discoveryMissMs: number
  readonly discoveryTtlMs: number
  /** Connections kept open or remembered at once; the one unused for longest goes. */
  readonly clustersMax: number
}

/** Defaults: 500 objects a page is what kubectl and Argo CD ask for. */
export const CLUSTER_LIMITS: ClusterLimits = {
  requestTimeoutMs: 30_000,
  connectTimeoutMs: 10_000,
  idleMs: 60_000,
  pingAfterMs: 15_000,
  pingTimeoutMs: 2_000,
  concurrentRequestsMax: 16,
  responseBytesMax: 64 * 1024 * 1024,
  slowDownRetriesMax: 3,
  retryAfterMaxMs: 10_000,
  pageSize: 500,
  pagesMax: 200,
  discoveryMissMs: 10_000,
  discoveryTtlMs: 600_000,
  clustersMax: 256,
}
