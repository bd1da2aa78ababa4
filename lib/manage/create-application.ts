import { authorize } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import type { ApplicationInput } from '../app/parse-application.ts'
import { ArgosyError } from '../fault/fault.ts'
import {
  changeSpec,
  createApplication as storeApplication,
  getApplication,
} from '../state/applications.ts'
import type { ApplicationRecord } from '../state/records.ts'
import { type Json, jsonEqual } from '../std/json.ts'
import type { ApplicationJson } from './application-json.ts'
import { objectOf, refuseOtherNamespaces } from './find-application.ts'
import { type ManagePorts, sendHint } from './manage-ports.ts'
import { presentWhole } from './read-application.ts'
import { validateSpec } from './validate-spec.ts'

export interface CreateOptions {
  /** Changes an Application that exists with another spec. */
  readonly upsert: boolean
  /** Whether the spec must be seen to work first. */
  readonly validate: boolean
}

/**
 * Creates an Application, or answers the one that is there with the same spec. Everything is
 * checked before the one write that creates it, so no half-made Application is left behind.
 * Throws `InvalidArgument` when the name is taken by another spec and `upsert` is not set.
 */
export async function createApplication(
  ports: ManagePorts,
  caller: Caller,
  input: ApplicationInput,
  options: CreateOptions,
): Promise<ApplicationJson> {
  const { tenant } = caller
  authorize(caller, 'applications', 'create', objectOf(input))
  refuseOtherNamespaces(input.namespace)
  if (options.validate) await validateSpec(ports, { tenant, name: input.name, spec: input.spec })

  const now = ports.clock.now()
  const created = await storeApplication(ports.state, tenant, {
    ...input,
    uid: ports.ids.next(),
    now,
  })
  if (created !== undefined) {
    await sendHint(ports, 'app', { tenant, name: input.name })
    return presentWhole(ports, created)
  }
  const existing = await getApplication(ports.state, tenant, input.name)
  if (existing === undefined) throw changedMeanwhile(input.name)
  return presentWhole(ports, await upsert(ports, caller, existing, { input, options }))
}

async function upsert(
  ports: ManagePorts,
  caller: Caller,
  existing: ApplicationRecord,
  { input, options }: { readonly input: ApplicationInput; readonly options: CreateOptions },
): Promise<ApplicationRecord> {
  const labels = { ...existing.labels, ...input.labels }
  const annotations = { ...existing.annotations, ...input.annotations }
  const isSame =
    equal(existing.spec, input.spec) &&
    equal(existing.labels, labels) &&
    equal(existing.annotations, annotations)
  if (isSame) return existing
  if (!options.upsert) {
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: 'existing application spec is different, use upsert flag to force update',
    })
  }
  authorize(caller, 'applications', 'update', objectOf(existing))
  const { tenant, name, generation } = existing
  const changed = await changeSpec(ports.state, tenant, name, {
    spec: input.spec,
    labels,
    annotations,
    generation,
    now: ports.clock.now(),
  })
  if (changed === undefined) throw changedMeanwhile(name)
  await sendHint(ports, 'app', { tenant, name })
  return changed
}

export const changedMeanwhile = (name: string): ArgosyError =>
  new ArgosyError({
    code: 'Conflict',
    message: `application '${name}' was changed by somebody else meanwhile; try again`,
  })

/** Specs are JSON whatever their types say. */
const equal = (a: object, b: object): boolean => jsonEqual(a as Json, b as Json)
