import type { HealthStatus, Health } from '../app/status.ts'
import { type Manifest, valueAt } from '../manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../std/json.ts'

/** One rule: what a kind's own fields say of its health. */
export type HealthRule = (live: Manifest) => Health

/** A health; an empty message is none. */
export const health = (status: HealthStatus, message = ''): Health =>
  message === '' ? { status } : { status, message }

/** Kubernetes leaves zeros out. */
export function numberAt(value: Json | undefined, ...path: readonly string[]): number {
  const found = valueAt(value, ...path)
  return typeof found === 'number' ? found : 0
}

export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  const found = valueAt(value, ...path)
  return typeof found === 'string' ? found : ''
}

export function listAt(value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const found = valueAt(value, ...path)
  return Array.isArray(found) ? found.filter((item: Json) => isObject(item)) : []
}

/** Replicas asked for; `undefined` where the spec does not say. */
export function replicasOf(live: Manifest): number | undefined {
  const replicas = valueAt(live, 'spec', 'replicas')
  return typeof replicas === 'number' ? replicas : undefined
}

/** Set while the controller has not seen the newest spec: its status speaks of an older one. */
export const isStale = (live: Manifest): boolean =>
  (live.metadata.generation ?? 0) > numberAt(live, 'status', 'observedGeneration')

export interface StatusCondition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

export const conditionsOf = (live: Manifest): readonly StatusCondition[] =>
  listAt(live, 'status', 'conditions').map(asCondition)

export const asCondition = (condition: JsonObject): StatusCondition => ({
  type: textAt(condition, 'type'),
  status: textAt(condition, 'status'),
  reason: textAt(condition, 'reason'),
  message: textAt(condition, 'message'),
})
