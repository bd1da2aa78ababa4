/** What the fleet bench measures; the platform's process alone, never the cluster's. */
export interface FleetResult {
  readonly apps: number
  /** From the first `create` to the moment when all are Synced and Healthy. */
  readonly allSyncedSeconds: number
  readonly platformCpuSeconds: number
  readonly platformPeakMemoryMb: number
  readonly dynamoRequests: number
  readonly sqsRequests: number
  readonly gitRequests: number
  readonly kubernetesRequests: number
  /**
   * One commit that touches one Application, from the moment when the platform is told of the push,
   * as by a webhook, until it is live on the cluster. CPU and requests: until all is quiet again.
   */
  readonly oneCommit: {
    readonly seconds: number
    readonly cpuSeconds: number
    readonly gitRequests: number
    readonly kubernetesRequests: number
  }
  /** A minute of rest, its repository checks and its drift sweep included. */
  readonly idle60: {
    readonly cpuSeconds: number
    readonly memoryMb: number
    readonly kubernetesRequests: number
  }
}
