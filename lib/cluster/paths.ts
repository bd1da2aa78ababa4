import type { ApplyOptions, KindInfo, ListOptions } from './port.ts'

/** `/api/v1/namespaces/x/configmaps` for all objects of a kind; an empty namespace means all. */
export function collectionPath(info: KindInfo, namespace: string): string {
  const root = info.group === '' ? '/api' : `/apis/${encodeURIComponent(info.group)}`
  const scope =
    info.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${root}/${encodeURIComponent(info.version)}${scope}/${encodeURIComponent(info.resource)}`
}

/** Path of one object. Names are encoded, never lower-cased: RBAC names may hold `:` and capitals. */
export const objectPath = (info: KindInfo, namespace: string, name: string): string =>
  `${collectionPath(info, namespace)}/${encodeURIComponent(name)}`

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
