import { type Manifest, splitApiVersion } from './manifest.ts'

/** What identifies an object on a cluster. `namespace` is empty for cluster-scoped kinds. */
export interface ResourceKey {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export const keyOf = (manifest: Manifest): ResourceKey => ({
  group: splitApiVersion(manifest.apiVersion).group,
  kind: manifest.kind,
  namespace: manifest.metadata.namespace ?? '',
  name: manifest.metadata.name ?? '',
})

/** `group/Kind/namespace/name`: Argo CD's order of resources is the order of these texts. */
export const keyText = (key: ResourceKey): string =>
  `${key.group}/${key.kind}/${key.namespace}/${key.name}`
