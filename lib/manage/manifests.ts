import type { Caller } from '../access/caller.ts'
import type { Cluster } from '../cluster/port.ts'
import { maskSecrets } from '../diff/mask.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Ports } from '../reconcile/ports.ts'
import { prepareTargets } from '../render/targets.ts'
import { stringifyJson } from '../std/json.ts'
import { type ApplicationRef, findApplication } from './find-application.ts'
import { targetState } from './target-state.ts'

export interface ManifestsJson {
  /** One JSON text a manifest, in the order in which they were rendered; Secrets masked. */
  readonly manifests: readonly string[]
}

/** The target state, with namespaces and tracking marks as a sync would apply it. */
export async function getManifests(
  ports: Ports,
  caller: Caller,
  ref: ApplicationRef,
  request: { readonly revision: string },
): Promise<ManifestsJson> {
  const record = await findApplication(ports, caller, ref, 'get')
  const { cluster, manifests } = await targetState(ports, record, request.revision)
  const namespaced = await scopesOf(cluster, manifests)
  const { targets } = prepareTargets(manifests, {
    app: record.name,
    namespace: record.spec.destination.namespace ?? '',
    isNamespaced: (apiVersion, kind) => namespaced.get(`${apiVersion}/${kind}`),
  })
  return { manifests: targets.map((target) => stringifyJson(maskSecrets({ target }).target)) }
}

/** Whether each kind is namespaced; what the cluster does not serve is left out. */
async function scopesOf(
  cluster: Cluster,
  manifests: readonly Manifest[],
): Promise<ReadonlyMap<string, boolean>> {
  const scopes = new Map<string, boolean>()
  for (const { apiVersion, kind } of manifests) {
    const name = `${apiVersion}/${kind}`
    if (scopes.has(name)) continue
    const info = await cluster.kind(apiVersion, kind)
    if (info !== undefined) scopes.set(name, info.namespaced)
  }
  return scopes
}
