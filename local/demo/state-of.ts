import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import { expectThat } from './step-failed.ts'

export interface ExpectedState {
  readonly sync: string
  readonly health: string
  /** Objects, as `Kind/name`; each has the same sync status and health as the whole. */
  readonly resources: readonly string[]
}

/** What is not as expected, in words; `undefined` when all is. */
export function differenceOf(app: ApplicationJson, expected: ExpectedState): string | undefined {
  const { sync, health, conditions = [], resources = [] } = app.status
  const [error] = conditions.filter(({ type }) => type.endsWith('Error'))
  const said = error === undefined ? '' : ` (${error.type}: ${error.message})`
  if (sync.status !== expected.sync || health.status !== expected.health)
    return `${app.metadata.name} is ${sync.status || 'not compared yet'} / ${health.status ?? 'Unknown'}${said}`
  const others = resources.filter(({ status }) => status !== expected.sync)
  if (others.length > 0) return `${others.map(({ kind }) => kind).join(', ')} differs`
  const names = resources.map(({ kind, name }) => `${kind}/${name}`).toSorted()
  const wanted = expected.resources.toSorted()
  return names.join() === wanted.join() ? undefined : `it has ${names.join(', ') || 'no objects'}`
}

export function expectState(app: ApplicationJson, expected: ExpectedState): void {
  const difference = differenceOf(app, expected)
  expectThat(
    difference === undefined,
    `expected ${expected.sync} / ${expected.health}, but ${difference ?? ''}`,
  )
}
