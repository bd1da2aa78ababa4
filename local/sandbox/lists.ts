import { randomUUID } from 'node:crypto'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { badRequest, StatusError } from './status.ts'

export interface Page {
  readonly items: readonly Manifest[]
  readonly resourceVersion: string
  readonly continuation: string
  readonly remaining: number
}

/** Lists under way: objects are never mutated, so a list is consistent to its last page. */
export interface Pages {
  first(items: readonly Manifest[], resourceVersion: string, limit: number): Page
  next(continuation: string, limit: number): Page
}

/** A list that was left in the middle is forgotten when this many began after it. */
export const OPEN_LISTS_MAX = 200

export function createPages(): Pages {
  const open = new Map<string, { readonly items: readonly Manifest[]; readonly revision: string }>()

  const cut = (items: readonly Manifest[], revision: string, limit: number): Page => {
    if (limit <= 0 || items.length <= limit) {
      return { items, resourceVersion: revision, continuation: '', remaining: 0 }
    }
    const continuation = randomUUID()
    const rest = items.slice(limit)
    open.set(continuation, { items: rest, revision })
    for (const oldest of open.keys()) {
      if (open.size <= OPEN_LISTS_MAX) break
      open.delete(oldest)
    }
    const page = items.slice(0, limit)
    return { items: page, resourceVersion: revision, continuation, remaining: rest.length }
  }

  return {
    first: cut,
    next(continuation, limit) {
      const list = open.get(continuation)
      if (list === undefined) throw expired()
      return cut(list.items, list.revision, limit)
    },
  }
}

const expired = (): StatusError =>
  new StatusError(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
  )

export function readLimit(query: URLSearchParams): number {
  const text = query.get('limit') ?? '0'
  if (!/^\d+$/.test(text)) throw badRequest(`limit: Invalid value: "${text}": must be a number`)
  return Number(text)
}
