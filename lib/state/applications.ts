import type { ApplicationSpec } from '../app/application.ts'
import type { Operation } from '../app/status.ts'
import {
  applicationKey,
  decodeApplication,
  dueShardOf,
  wantedAttribute,
} from './application-item.ts'
import type { Condition, ItemChange, Scalar, State } from './port.ts'
import { queryAll } from './query-all.ts'
import { type ApplicationRecord, type Deletion, LOOK_LEVELS, type LookLevel } from './records.ts'

/** What the API, webhooks, poller and sweeps do to an Application. What the worker does: `rounds.ts`. */

export async function getApplication(
  state: State,
  tenant: string,
  name: string,
): Promise<ApplicationRecord | undefined> {
  const item = await state.get(tenant, applicationKey(name))
  return item === undefined ? undefined : decodeApplication(tenant, item)
}

/** Every Application of the tenant, by name. Costs one request per megabyte. */
export async function listApplications(
  state: State,
  tenant: string,
): Promise<readonly ApplicationRecord[]> {
  const items = await queryAll(state, tenant, { pk: applicationKey('').pk })
  return items.map((item) => decodeApplication(tenant, item))
}

export interface NewApplication {
  readonly name: string
  readonly uid: string
  readonly spec: ApplicationSpec
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly now: number
}

/** Creates the Application, due at once. `undefined` when the name is taken. */
export async function createApplication(
  state: State,
  tenant: string,
  app: NewApplication,
): Promise<ApplicationRecord | undefined> {
  const item = await state.update(tenant, applicationKey(app.name), {
    set: {
      ...dueAt(tenant, app.name, app.now),
      uid: app.uid,
      createdAt: app.now,
      spec: JSON.stringify(app.spec),
      labels: JSON.stringify(app.labels),
      annotations: JSON.stringify(app.annotations),
      generation: 1,
    },
    add: asks('observe'),
    condition: { attribute: 'uid', exists: false },
  })
  return item === undefined ? undefined : decodeApplication(tenant, item)
}

export interface SpecChange {
  readonly spec: ApplicationSpec
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** The generation that the change was made from; `undefined` is answered when it is not current. */
  readonly generation: number
  readonly now: number
}

export function changeSpec(
  state: State,
  tenant: string,
  name: string,
  change: SpecChange,
): Promise<ApplicationRecord | undefined> {
  return ask(state, tenant, name, {
    now: change.now,
    level: 'observe',
    set: {
      spec: JSON.stringify(change.spec),
      labels: JSON.stringify(change.labels),
      annotations: JSON.stringify(change.annotations),
      generation: change.generation + 1,
    },
    condition: { attribute: 'generation', equals: change.generation },
  })
}

/** Asks for an operation. `undefined` when another one is in progress, or the Application is going or gone. */
export function requestOperation(
  state: State,
  tenant: string,
  name: string,
  request: { readonly operation: Operation; readonly now: number },
): Promise<ApplicationRecord | undefined> {
  return ask(state, tenant, name, {
    now: request.now,
    level: 'refresh',
    set: { operation: JSON.stringify(request.operation), operationId: request.operation.id },
    condition: {
      all: [
        { attribute: 'deletion', exists: false },
        { attribute: 'running', exists: false },
        {
          any: [
            { attribute: 'operationId', exists: false },
            { attribute: 'operationId', equalsAttribute: 'taken' },
          ],
        },
      ],
    },
  })
}

/** Asks the running (or requested) operation to end. `undefined` when the Application is gone. */
export function requestTermination(
  state: State,
  tenant: string,
  name: string,
  request: { readonly operationId: string; readonly now: number },
): Promise<ApplicationRecord | undefined> {
  return ask(state, tenant, name, {
    now: request.now,
    level: 'look',
    set: { terminate: request.operationId },
  })
}

/** Marks the Application for deletion; the worker removes it. `undefined` when it is gone. */
export function requestDeletion(
  state: State,
  tenant: string,
  name: string,
  deletion: Deletion,
): Promise<ApplicationRecord | undefined> {
  return ask(state, tenant, name, {
    now: deletion.requestedAt,
    level: 'look',
    set: { deletion: JSON.stringify(deletion) },
  })
}

/** Asks for a look of some level, due at once (law 1). `undefined` when the Application is gone. */
export function wake(
  state: State,
  tenant: string,
  name: string,
  request: { readonly level: LookLevel; readonly now: number },
): Promise<ApplicationRecord | undefined> {
  return ask(state, tenant, name, request)
}

/** Whether an operation is asked for or runs: Argo CD's "another operation is already in progress". */
export const isOperating = (record: ApplicationRecord): boolean =>
  record.seen.running !== undefined || requestedOperation(record) !== undefined

/** The operation that was asked for and that no worker has taken up yet. */
export const requestedOperation = (record: ApplicationRecord): Operation | undefined =>
  record.operation !== undefined && record.operation.id !== record.seen.taken
    ? record.operation
    : undefined

/** The most thorough look that is wanted and not yet done. */
export const wantedLevel = (record: ApplicationRecord): LookLevel | undefined =>
  LOOK_LEVELS.findLast((level) => record.wanted[level] > record.seen.looks[level])

interface Ask {
  readonly now: number
  readonly level: LookLevel
  readonly set?: Readonly<Record<string, Scalar>>
  readonly condition?: Condition
}

async function ask(
  state: State,
  tenant: string,
  name: string,
  request: Ask,
): Promise<ApplicationRecord | undefined> {
  const isThere: Condition = { attribute: 'uid', exists: true }
  const change: ItemChange = {
    set: { ...request.set, ...dueAt(tenant, name, request.now) },
    add: asks(request.level),
    condition: request.condition === undefined ? isThere : { all: [isThere, request.condition] },
  }
  const item = await state.update(tenant, applicationKey(name), change)
  return item === undefined ? undefined : decodeApplication(tenant, item)
}

const asks = (level: LookLevel): Record<string, number> => ({
  version: 1,
  [wantedAttribute('look')]: 1,
  [wantedAttribute(level)]: 1,
})

const dueAt = (tenant: string, name: string, now: number): Record<string, Scalar> => ({
  due: now,
  dueShard: dueShardOf(tenant, name),
})
