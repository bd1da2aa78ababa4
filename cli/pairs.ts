import { Failure } from './failure.ts'

/** `key=value` texts as a map; each may hold several, with commas between. */
export function parsePairs(
  given: readonly string[] | undefined,
  flag: string,
): Readonly<Record<string, string>> {
  const pairs = (given ?? []).flatMap((text) => text.split(','))
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
      if (key === undefined || value === undefined) {
        throw new Failure(`${flag} ${pair} is not of the form key=value`)
      }
      return [key, value]
    }),
  )
}
