const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/y

/**
 * Milliseconds of a duration as Go writes it (`5s`, `1h30m`, `1.5m`); a bare number means seconds,
 * as in Argo CD's retry settings. `undefined` when it is none; negative durations are none.
 */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000
  let sum = 0
  PART.lastIndex = 0
  while (PART.lastIndex < text.length) {
    const [, amount, unit = ''] = PART.exec(text) ?? []
    if (amount === undefined) return undefined
    sum += Number(amount) * (UNITS_MS[unit] ?? 0)
  }
  return text === '' ? undefined : sum
}
