/** Epoch milliseconds as Kubernetes writes times: UTC, whole seconds (`2026-01-02T15:04:05Z`). */
export const toRfc3339 = (time: number): string =>
  new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z')
