/**
 * Which messages of a batch are to come back, read from a handler's answer as strictly as Lambda
 * reads it for `ReportBatchItemFailures`: nothing, `null` or an empty list is success; an answer
 * or an identifier that Lambda cannot understand fails the whole batch.
 */
export function failedMessages(response: unknown, ids: readonly string[]): ReadonlySet<string> {
  if (response === null || response === undefined) return new Set()
  if (typeof response !== 'object' || Array.isArray(response)) return new Set(ids)
  const { batchItemFailures: failures } = response as Readonly<Record<string, unknown>>
  if (failures === null || failures === undefined) return new Set()
  if (!Array.isArray(failures)) return new Set(ids)

  const known = new Set(ids)
  const failed = new Set<string>()
  for (const failure of failures as readonly unknown[]) {
    const id = identifierOf(failure)
    if (id === undefined || !known.has(id)) return known
    failed.add(id)
  }
  return failed
}

function identifierOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null) return undefined
  const { itemIdentifier } = failure as Readonly<Record<string, unknown>>
  return typeof itemIdentifier === 'string' ? itemIdentifier : undefined
}
