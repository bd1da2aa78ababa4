import type { Clock } from '../clock/port.ts'

/** A memory of limited size whose entries end by themselves. */
export interface ExpiringCache<T> {
  get(key: string): T | undefined
  set(key: string, value: T): void
  forget(isStale: (value: T) => boolean): void
}

/** When full, the oldest entry makes room. */
export function createExpiringCache<T>(
  clock: Clock,
  limits: { readonly entries: number; readonly milliseconds: number },
): ExpiringCache<T> {
  const entries = new Map<string, { readonly value: T; readonly until: number }>()
  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined || entry.until > clock.now()) return entry?.value
      entries.delete(key)
      return undefined
    },
    set(key, value) {
      const oldest = entries.keys().next()
      if (entries.size >= limits.entries && oldest.value !== undefined) entries.delete(oldest.value)
      entries.set(key, { value, until: clock.now() + limits.milliseconds })
    },
    forget(isStale) {
      for (const [key, { value }] of entries) if (isStale(value)) entries.delete(key)
    },
  }
}
