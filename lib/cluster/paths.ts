import { ArgosyError } from '../fault/fault.ts'
import type { ApplyOptions, KindInfo, ListOptions } from './port.ts'

/** `/api/v1/namespaces/x/configmaps` for all objects of a kind; an empty namespace means all. */
export function collectionPath(info: KindInfo, namespace: string): string {
  const root = info.group === '' ? '/api' : `/apis/${segment(info.group)}`
  const scope = info.namespaced && namespace !== '' ? `/namespaces/${segment(namespace)}` : ''
  return `${root}/${segment(info.version)}${scope}/${segment(info.resource)}`
}

/**
 * Path of one object. Names are encoded, never lower-cased: RBAC names may hold `:` and capitals.
 * Throws `InvalidArgument` without a name, because that would be the path of all objects, which a
 * DELETE would take away.
 */
export function objectPath(info: KindInfo, namespace: string, name: string): string {
  if (name === '' || (info.namespaced && namespace === '')) {
    const missing = name === '' ? 'metadata.name' : 'metadata.namespace'
    throw invalid(`${info.kind} ${JSON.stringify(name)} has no ${missing}; set it`)
  }
  return `${collectionPath(info, namespace)}/${segment(name)}`
}

/** One step of a path, and never one that leads up. */
function segment(text: string): string {
  if (text === '.' || text === '..') throw invalid(`${JSON.stringify(text)} is no name; change it`)
  return encodeURIComponent(text)
}

const invalid = (message: string): ArgosyError =>
  new ArgosyError({ code: 'InvalidArgument', message })

export const listQuery = (
  options: Pick<ListOptions, 'labelSelector'>,
  limit: number,
  continuation: string,
): string =>
  query({
    limit: String(limit),
    continue: continuation,
    labelSelector: options.labelSelector ?? '',
  })

/** `Strict` refuses unknown and duplicate fields, as `kubectl --validate=true` does. */
export const applyQuery = (options: ApplyOptions): string =>
  query({
    fieldManager: options.fieldManager,
    force: String(options.force),
    dryRun: options.dryRun === true ? 'All' : '',
    fieldValidation: options.validate === false ? 'Ignore' : 'Strict',
  })

/** Query text of the fields that are not empty, with its `?`. */
function query(fields: Readonly<Record<string, string>>): string {
  const set = Object.entries(fields).filter(([, value]) => value !== '')
  return set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`
}
