import { authorize } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import type { ApplicationSpec } from '../app/application.ts'
import { changeSpec } from '../state/applications.ts'
import type { ApplicationRecord } from '../state/records.ts'
import type { ApplicationJson } from './application-json.ts'
import { changedMeanwhile } from './create-application.ts'
import { type ApplicationRef, findApplication } from './find-application.ts'
import { type ManagePorts, sendHint } from './manage-ports.ts'
import { presentWhole } from './read-application.ts'
import { validateSpec } from './validate-spec.ts'

/** What a person may change; what is absent stays as it is. */
export interface ApplicationChange {
  readonly spec: ApplicationSpec
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** How often a change is tried again that somebody else's overtook. */
export const UPDATE_ATTEMPTS_MAX = 10

/**
 * Replaces the spec, and labels and annotations where given; the worker looks at once.
 * Throws `InvalidArgument` when the spec cannot work and `validate` is set.
 */
export async function updateApplication(
  ports: ManagePorts,
  caller: Caller,
  ref: ApplicationRef,
  change: ApplicationChange & { readonly validate: boolean },
): Promise<ApplicationJson> {
  const record = await findApplication(ports, caller, ref, 'update')
  const { tenant, name } = record
  if (change.spec.project !== record.spec.project) {
    authorize(caller, 'applications', 'update', `${change.spec.project}/${name}`)
  }
  if (change.validate) await validateSpec(ports, { tenant, name, spec: change.spec })

  let current = record
  for (let attempt = 0; attempt < UPDATE_ATTEMPTS_MAX; attempt++) {
    const changed = await apply(ports, current, change)
    if (changed !== undefined) {
      await sendHint(ports, 'app', { tenant, name })
      return presentWhole(ports, changed)
    }
    current = await findApplication(ports, caller, ref, 'update')
  }
  throw changedMeanwhile(name)
}

const apply = (
  ports: ManagePorts,
  current: ApplicationRecord,
  change: ApplicationChange,
): Promise<ApplicationRecord | undefined> =>
  changeSpec(ports.state, current.tenant, current.name, {
    spec: change.spec,
    labels: change.labels ?? current.labels,
    annotations: change.annotations ?? current.annotations,
    generation: current.generation,
    now: ports.clock.now(),
  })
