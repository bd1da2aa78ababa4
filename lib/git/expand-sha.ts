import { ArgosyError } from '../fault/fault.ts'

/** Fewest digits that Git takes for an abbreviated id. */
const ABBREVIATION_MIN = 4

/**
 * The one id that begins like this; `undefined` when there is none. Throws `InvalidArgument`
 * for what is no abbreviated id, and when several ids begin so.
 */
export function expandFrom(ids: Iterable<string>, abbreviated: string): string | undefined {
  const prefix = abbreviated.toLowerCase()
  if (!/^[0-9a-f]+$/.test(prefix) || prefix.length < ABBREVIATION_MIN || prefix.length > 40)
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: `${JSON.stringify(abbreviated)} is not an abbreviated commit id: it takes ${ABBREVIATION_MIN} to 40 hexadecimal digits`,
    })
  const found = new Set<string>()
  for (const id of ids) if (id.startsWith(prefix)) found.add(id)
  if (found.size > 1)
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: `commit id ${abbreviated} is ambiguous: ${found.size} commits begin so; give more digits`,
    })
  return [...found][0]
}
