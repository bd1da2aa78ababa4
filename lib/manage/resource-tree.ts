import type { Caller } from '../access/caller.ts'
import type { ResourceState } from '../app/status.ts'
import { keyText } from '../manifest/key.ts'
import type { Ports } from '../reconcile/ports.ts'
import { readDocuments } from '../state/documents.ts'
import type { HealthJson } from './application-json.ts'
import { type ApplicationRef, findApplication } from './find-application.ts'

export interface ResourceNodeJson {
  readonly group?: string
  readonly version: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly health?: HealthJson
}

export interface ResourceTreeJson {
  readonly nodes: readonly ResourceNodeJson[]
}

/** The Application's own objects that are on the cluster, by key; what they own is not followed yet. */
export async function getResourceTree(
  ports: Pick<Ports, 'state' | 'blobs'>,
  caller: Caller,
  ref: ApplicationRef,
): Promise<ResourceTreeJson> {
  const record = await findApplication(ports, caller, ref, 'get')
  const { resources = [] } = await readDocuments(ports, record, ['resources'])
  const nodes = resources.toSorted((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1)).map(toNode)
  return { nodes }
}

const toNode = ({ key, version, live, health }: ResourceState): ResourceNodeJson => ({
  ...(key.group === '' ? {} : { group: key.group }),
  version,
  kind: key.kind,
  ...(key.namespace === '' ? {} : { namespace: key.namespace }),
  name: key.name,
  ...(live === undefined ? {} : { uid: live.uid, resourceVersion: live.resourceVersion }),
  ...(health === undefined ? {} : { health }),
})
