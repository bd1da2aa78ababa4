/**
 * Size of a value in characters, a few for each node: about that of its JSON text. Anything
 * beyond `sizeMax`, or nested deeper than `depthMax`, is `Infinity`, found without walking on;
 * so values that share or contain parts of themselves are safe to measure.
 */
export function jsonSize(
  value: unknown,
  { sizeMax, depthMax }: { readonly sizeMax: number; readonly depthMax: number },
): number {
  let size = 0
  const isWithin = (item: unknown, depth: number): boolean => {
    size += 1 + (typeof item === 'string' ? item.length : 0)
    if (size > sizeMax || depth > depthMax) return false
    if (typeof item !== 'object' || item === null) return true
    if (Array.isArray(item)) return item.every((child) => isWithin(child, depth + 1))
    return Object.entries(item).every(([key, child]) => {
      size += key.length
      return isWithin(child, depth + 1)
    })
  }
  return isWithin(value, 0) ? size : Number.POSITIVE_INFINITY
}
