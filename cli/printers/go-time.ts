/** A time as Go prints it: `2026-01-02 15:04:05 +0000 UTC`. Empty for none. */
export const formatGoTime = (rfc3339: string | undefined): string =>
  rfc3339 === undefined || rfc3339 === ''
    ? '<nil>'
    : `${rfc3339.slice(0, 10)} ${rfc3339.slice(11, 19)} +0000 UTC`

/** Whole seconds as Go prints a duration: `3s`, `1m5s`, `1h0m5s`. */
export function formatGoDuration(seconds: number): string {
  const whole = Math.max(0, Math.trunc(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const rest = `${whole % 60}s`
  if (hours > 0) return `${hours}h${minutes}m${rest}`
  return minutes > 0 ? `${minutes}m${rest}` : rest
}

/** `2026-01-02T15:04:05+00:00`, in UTC: whoever reads two machines' output can compare them. */
export const formatTimestamp = (time: number): string =>
  new Date(time).toISOString().replace(/\.\d{3}Z$/, '+00:00')
