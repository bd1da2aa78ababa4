import { ArgosyError } from '../fault/fault.ts'
import type { Item, ItemQuery, State } from './port.ts'

/** Pages, of a megabyte each, that are read for one answer. */
export const PAGES_MAX = 100

/**
 * All items of a partition, ordered by `sk`. Costs one request per megabyte.
 * Throws `LimitExceeded` beyond `PAGES_MAX`.
 */
export async function queryAll(
  state: State,
  tenant: string,
  query: Pick<ItemQuery, 'pk' | 'skPrefix'>,
): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page = await state.query(tenant, { ...query, ...(cursor !== undefined && { cursor }) })
    items.push(...page.items)
    if (page.cursor === undefined) return items
    cursor = page.cursor
  }
  throw new ArgosyError({
    code: 'LimitExceeded',
    limit: 'PAGES_MAX',
    message: `partition ${query.pk} has more than ${PAGES_MAX} pages; ask for parts of it`,
  })
}
