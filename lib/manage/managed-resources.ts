import type { Caller } from '../access/caller.ts'
import { type Cluster, FIELD_MANAGER } from '../cluster/port.ts'
import { isModified } from '../diff/compare.ts'
import { maskSecrets } from '../diff/mask.ts'
import { normalise } from '../diff/normalise.ts'
import { faultOf } from '../fault/fault.ts'
import { keyText } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isOwnedBy } from '../manifest/tracking.ts'
import type { Observed } from '../reconcile/compared.ts'
import { observe, REQUESTS_AT_ONCE } from '../reconcile/observe.ts'
import type { Ports } from '../reconcile/ports.ts'
import { readWhole } from '../state/whole-application.ts'
import { stringifyJson } from '../std/json.ts'
import { mapPool } from '../std/pool.ts'
import { type ApplicationRef, findApplication } from './find-application.ts'
import { targetState } from './target-state.ts'

/** One object as Git has it, as the cluster has it, and as a sync would leave it (argocd.md 2.4). */
export interface ManagedResourceJson {
  readonly group?: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  /** JSON texts; `null` where there is no object. Secrets are masked. */
  readonly targetState: string
  readonly liveState: string
  readonly normalizedLiveState: string
  readonly predictedLiveState: string
  readonly resourceVersion?: string
  readonly modified?: boolean
}

/** Asks the cluster anew: one GET an object, and one dry-run for each that is in Git as well. */
export async function getManagedResources(
  ports: Ports,
  caller: Caller,
  ref: ApplicationRef,
): Promise<{ readonly items: readonly ManagedResourceJson[] }> {
  const record = await findApplication(ports, caller, ref, 'get')
  const whole = await readWhole(ports, record, ['inventory'])
  const { inventory = [] } = whole?.documents ?? {}
  const { cluster, manifests } = await targetState(ports, record, '')
  const { observed } = await observe(cluster, {
    app: record.name,
    namespace: record.spec.destination.namespace ?? '',
    manifests,
    inventory: inventory.filter((entry) => entry.server === record.seen.summary?.swept?.server),
    previous: [],
    scope: 'all',
  })
  const own = observed
    .filter(({ target, live }) => target !== undefined || isOurs(live, record.name))
    .toSorted((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1))
  const items = await mapPool(own, REQUESTS_AT_ONCE, (resource) => present(cluster, resource))
  return { items }
}

const isOurs = (live: Manifest | undefined, app: string): boolean =>
  live !== undefined && isOwnedBy(live, app)

async function present(cluster: Cluster, resource: Observed): Promise<ManagedResourceJson> {
  const { key, target, live } = resource
  const predicted = await predict(cluster, resource)
  const shown = maskSecrets({
    ...(target === undefined ? {} : { target }),
    ...(live === undefined ? {} : { live }),
    ...(predicted === undefined ? {} : { predicted }),
  })
  const isDifferent =
    live === undefined || predicted === undefined ? live !== predicted : isModified(live, predicted)
  const version = live?.metadata.resourceVersion
  return {
    ...(key.group === '' ? {} : { group: key.group }),
    kind: key.kind,
    ...(key.namespace === '' ? {} : { namespace: key.namespace }),
    name: key.name,
    targetState: textOf(shown.target),
    liveState: textOf(shown.live),
    normalizedLiveState: textOf(shown.live && normalise(shown.live)),
    predictedLiveState: textOf(shown.predicted && normalise(shown.predicted)),
    ...(version === undefined ? {} : { resourceVersion: version }),
    ...(isDifferent ? { modified: true } : {}),
  }
}

/** What a sync would make of the live object; where the API server refuses to say, what Git has. */
async function predict(cluster: Cluster, resource: Observed): Promise<Manifest | undefined> {
  const { target, live, info } = resource
  if (target === undefined || live === undefined || info === undefined) return target
  try {
    const { object } = await cluster.apply(info, target, {
      fieldManager: FIELD_MANAGER,
      force: true,
      dryRun: true,
      observed: live,
    })
    return object
  } catch (error) {
    if (faultOf(error).code !== 'KubernetesError') throw error
    return target
  }
}

const textOf = (manifest: Manifest | undefined): string =>
  manifest === undefined ? 'null' : stringifyJson(manifest)
