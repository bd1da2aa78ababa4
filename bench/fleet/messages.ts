import type { RequestCounts } from '../../local/compose.ts'

/** What the platform's process says once it is up. */
export interface Started {
  readonly url: string
  readonly password: string
  readonly gitUrl: string
  readonly gitRoot: string
  readonly kubeconfig: string
  readonly cluster: string
}

/** What the platform has used since its process began. */
export interface Usage {
  readonly cpuSeconds: number
  readonly memoryMb: number
  readonly peakMemoryMb: number
  readonly requests: RequestCounts
}

export type Request =
  | { readonly ask: 'usage' }
  /** Says that something was pushed, as a webhook would. */
  | { readonly ask: 'pushed'; readonly repository: string }
  | { readonly ask: 'stop' }

export type Reply =
  | { readonly kind: 'progress'; readonly line: string }
  | { readonly kind: 'started'; readonly started: Started }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'pushed' }
  | { readonly kind: 'failed'; readonly message: string }

/** How the platform's process is told what to start. */
export interface StartRequest {
  readonly dataDir: string
  readonly cluster: string
}
