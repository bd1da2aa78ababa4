import { ArgosyError } from '../fault/fault.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isObject, type JsonObject } from '../std/json.ts'
import { collectionPath, listQuery } from './paths.ts'
import type { KindInfo, ListOptions, MetadataList } from './port.ts'

export interface PageLimits extends ListOptions {
  readonly pageSize: number
  readonly pagesMax: number
}

/** How often a list whose continuation expired (410) is started over. */
const RESTARTS_MAX = 2

/** A whole list, page by page, of one consistent state; never a part of it. */
export async function listPages(
  get: (path: string) => Promise<JsonObject>,
  info: KindInfo,
  limits: PageLimits,
): Promise<MetadataList> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await listOnce(get, info, limits)
    } catch (error) {
      if (!isExpired(error) || restarts === RESTARTS_MAX) throw error
    }
  }
}

async function listOnce(
  get: (path: string) => Promise<JsonObject>,
  info: KindInfo,
  limits: PageLimits,
): Promise<MetadataList> {
  const items: Manifest[] = []
  let continuation = ''
  for (let page = 0; page < limits.pagesMax; page++) {
    const query = listQuery(limits, limits.pageSize, continuation)
    const list = await get(collectionPath(info, limits.namespace ?? '') + query)
    items.push(...itemsOf(list, info))
    const metadata = isObject(list['metadata']) ? list['metadata'] : {}
    continuation = textOf(metadata['continue'])
    if (continuation === '') {
      return { items, resourceVersion: textOf(metadata['resourceVersion']) }
    }
  }
  throw new ArgosyError({
    code: 'LimitExceeded',
    limit: 'pagesMax',
    message: `the cluster has more than ${limits.pagesMax * limits.pageSize} objects of kind ${info.kind}; Argosy does not list that many`,
  })
}

/** Items of a list carry no type of their own (or that of their metadata form). */
function itemsOf(list: JsonObject, info: KindInfo): Manifest[] {
  const apiVersion = info.group === '' ? info.version : `${info.group}/${info.version}`
  const items = Array.isArray(list['items']) ? list['items'].filter(isObject) : []
  return items.map((item) => ({
    ...item,
    apiVersion,
    kind: info.kind,
    metadata: isObject(item['metadata']) ? item['metadata'] : {},
  }))
}

const isExpired = (error: unknown): boolean =>
  error instanceof ArgosyError &&
  error.fault.code === 'KubernetesError' &&
  error.fault.status === 410

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
