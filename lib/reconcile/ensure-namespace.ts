import type { OperationState } from '../app/status.ts'
import { type Cluster, FIELD_MANAGER } from '../cluster/port.ts'
import { describeFault, faultOf, traitsOf } from '../fault/fault.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { parseSyncOptions } from '../sync/sync-options.ts'
import type { Compared } from './compared.ts'
import { syncOptionsInForce } from './operation.ts'

/**
 * CreateNamespace=true: makes the destination's namespace when it is missing, without a tracking
 * mark, so that it is never pruned (Argo CD 6.10). One GET when it is there. A namespace that is
 * among the targets is left to them. Answers why it could not be made.
 */
export async function ensureNamespace(
  cluster: Cluster,
  record: ApplicationRecord,
  sync: { readonly operation: OperationState; readonly resources: readonly Compared[] },
): Promise<string | undefined> {
  const { namespace = '' } = record.spec.destination
  const options = parseSyncOptions(syncOptionsInForce(record, sync.operation.operation))
  const isTarget = sync.resources.some(
    ({ key, target }) => target !== undefined && key.kind === 'Namespace' && key.name === namespace,
  )
  if (!options.createNamespace || namespace === '' || isTarget) return undefined

  const target = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  try {
    const info = await cluster.kind('v1', 'Namespace')
    if (info === undefined || (await cluster.get(info, '', namespace)) !== undefined)
      return undefined
    await cluster.apply(info, target, { fieldManager: FIELD_MANAGER, force: true })
    return undefined
  } catch (error) {
    const fault = faultOf(error)
    if (traitsOf(fault).blame === 'system') throw error
    return `namespace ${namespace} could not be created: ${describeFault(fault)}`
  }
}
