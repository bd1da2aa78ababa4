import type { JsonObject } from '../std/json.ts'

/**
 * The Application as Argo CD's API spells it (`argoproj.io/v1alpha1`). Only fields that are read
 * somewhere are typed; `parse-application.ts` keeps the others as they came.
 */
export interface ApplicationSpec {
  readonly project: string
  readonly source?: ApplicationSource
  readonly sources?: readonly ApplicationSource[]
  readonly destination: Destination
  readonly syncPolicy?: SyncPolicy
  readonly ignoreDifferences?: readonly JsonObject[]
  readonly info?: readonly { readonly name: string; readonly value: string }[]
  readonly revisionHistoryLimit?: number
}

export interface ApplicationSource {
  readonly repoURL: string
  readonly path?: string
  readonly targetRevision?: string
  readonly chart?: string
  readonly ref?: string
  readonly name?: string
  readonly directory?: DirectorySource
  readonly helm?: JsonObject
  readonly kustomize?: JsonObject
  readonly plugin?: JsonObject
}

export interface DirectorySource {
  readonly recurse?: boolean
  readonly include?: string
  readonly exclude?: string
  readonly disableExtensionFilter?: boolean
  readonly jsonnet?: JsonObject
}

export interface Destination {
  readonly server?: string
  readonly name?: string
  readonly namespace?: string
}

export interface SyncPolicy {
  readonly automated?: AutomatedPolicy
  readonly syncOptions?: readonly string[]
  readonly retry?: RetryStrategy
  readonly managedNamespaceMetadata?: JsonObject
}

export interface AutomatedPolicy {
  readonly enabled?: boolean
  readonly prune?: boolean
  readonly selfHeal?: boolean
  readonly allowEmpty?: boolean
}

export interface RetryStrategy {
  readonly limit?: number
  readonly backoff?: {
    readonly duration?: string
    readonly factor?: number
    readonly maxDuration?: string
  }
  readonly refresh?: boolean
}

/** The sources in effect: `sources` wins over `source` when it has items (Argo CD 1.1). */
export const sourcesOf = (spec: ApplicationSpec): readonly ApplicationSource[] =>
  spec.sources !== undefined && spec.sources.length > 0
    ? spec.sources
    : spec.source === undefined
      ? []
      : [spec.source]

export const isAutomated = (spec: ApplicationSpec): boolean =>
  spec.syncPolicy?.automated !== undefined && spec.syncPolicy.automated.enabled !== false

/** The address that every tenant may give to one of its clusters (Argo CD's in-cluster). */
export const IN_CLUSTER_SERVER = 'https://kubernetes.default.svc'
export const IN_CLUSTER_NAME = 'in-cluster'

/** The namespace in which clients of Argo CD expect Applications to live. */
export const CONTROL_NAMESPACE = 'argocd'
