/** Versions that are built together; changing one makes a new folder in the cache. */
export const KUBERNETES_VERSION = 'v1.35.4'
/** Staging modules (k8s.io/api and the like) carry the minor version as their own. */
export const STAGING_VERSION = KUBERNETES_VERSION.replace(/^v1\./, 'v0.')
export const KWOK_VERSION = 'v0.8.0'

export const BINARIES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const

export type Binary = (typeof BINARIES)[number]
