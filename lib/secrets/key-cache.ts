import type { Clock } from '../clock/port.ts'

/** How long a data key is used before the master key's keeper is asked anew. */
export const KEY_TTL_MS = 300_000
/** Keys remembered at once; beyond it the one that was made longest ago is forgotten. */
export const KEYS_MAX = 1_000

/** Answers the value known by a name, or makes it; those who ask meanwhile wait for the same one. */
export function createKeyCache<T>(
  clock: Clock,
): (name: string, make: () => Promise<T>) => Promise<T> {
  const entries = new Map<string, { readonly value: Promise<T>; readonly until: number }>()
  return async (name, make) => {
    const known = entries.get(name)
    if (known !== undefined && clock.now() < known.until) return known.value
    const entry = { value: make(), until: clock.now() + KEY_TTL_MS }
    entries.delete(name)
    entries.set(name, entry)
    for (const oldest of entries.keys()) {
      if (entries.size <= KEYS_MAX) break
      entries.delete(oldest)
    }
    try {
      return await entry.value
    } catch (error) {
      if (entries.get(name) === entry) entries.delete(name)
      throw error
    }
  }
}
