import { ArgosyError } from '../../lib/fault/fault.ts'
import type { ApplicationRef } from '../../lib/manage/find-application.ts'
import type { Refresh } from '../../lib/manage/get-application.ts'
import type { ApplicationFilter } from '../../lib/manage/list-applications.ts'
import type { ApiContext } from './api-context.ts'

/** The Application that a path names, with what narrows it in the query. */
export function refOf(c: ApiContext): ApplicationRef {
  return {
    name: c.req.param('name') ?? '',
    project: c.req.query('project') ?? '',
    appNamespace: c.req.query('appNamespace') ?? '',
  }
}

export function filterOf(c: ApiContext): ApplicationFilter {
  return {
    name: c.req.query('name') ?? '',
    projects: [...(c.req.queries('projects') ?? []), ...(c.req.queries('project') ?? [])].filter(
      (project) => project !== '',
    ),
    selector: c.req.query('selector') ?? '',
    repo: c.req.query('repo') ?? '',
    appNamespace: c.req.query('appNamespace') ?? '',
  }
}

export function refreshOf(c: ApiContext): Refresh | undefined {
  const refresh = c.req.query('refresh') ?? ''
  if (refresh === '') return undefined
  if (refresh === 'normal' || refresh === 'hard') return refresh
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `refresh "${refresh}" is not known; use normal or hard`,
  })
}

/** A flag of the query; `fallback` when it is not given. Throws `InvalidArgument`. */
export function flagOf(c: ApiContext, name: string, fallback: boolean): boolean {
  const given = c.req.query(name) ?? ''
  if (given === '') return fallback
  if (given === 'true' || given === '1') return true
  if (given === 'false' || given === '0') return false
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `${name} "${given}" is not a boolean; use true or false`,
  })
}

/** Whether a client that names `fields` can do without what costs a read per Application. */
export function detailOf(c: ApiContext): 'summary' | 'whole' {
  const fields = c.req.query('fields') ?? ''
  const isSelective = fields !== '' && !fields.startsWith('-')
  return isSelective && !COSTLY.some((field) => fields.includes(field)) ? 'summary' : 'whole'
}

const COSTLY = ['status.resources', 'status.history', 'operationState.operation', 'syncResult']
