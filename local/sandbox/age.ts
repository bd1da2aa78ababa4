const STEPS = [
  // kubectl counts small units for long: 119 s, 599 s as 9m59s.
  { below: 120, show: (s: number) => `${s}s` },
  { below: 600, show: (s: number) => withRest(s, 60, 'm', 's') },
  { below: 3 * 3600, show: (s: number) => `${Math.floor(s / 60)}m` },
  { below: 8 * 3600, show: (s: number) => withRest(Math.floor(s / 60), 60, 'h', 'm') },
  { below: 48 * 3600, show: (s: number) => `${Math.floor(s / 3600)}h` },
  { below: 8 * 86_400, show: (s: number) => withRest(Math.floor(s / 3600), 24, 'd', 'h') },
  { below: 2 * 365 * 86_400, show: (s: number) => `${Math.floor(s / 86_400)}d` },
] as const

const withRest = (count: number, per: number, big: string, small: string): string => {
  const rest = count % per
  return `${Math.floor(count / per)}${big}${rest === 0 ? '' : `${rest}${small}`}`
}

/** How long ago a time was, as `kubectl get` writes it; `<unknown>` for no time. */
export function age(timestamp: string | null | undefined, now: number): string {
  const time = Date.parse(timestamp ?? '')
  if (Number.isNaN(time)) return '<unknown>'
  const seconds = Math.max(0, Math.floor((now - time) / 1000))
  const step = STEPS.find(({ below }) => seconds < below)
  return step?.show(seconds) ?? `${Math.floor(seconds / (365 * 86_400))}y`
}
