/** `argocd`'s key and value lines: the key, its colon included, takes 20 places. */
export const formatKeyValues = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([key, value]) => `${key.padEnd(20)}${value}\n`).join('')
