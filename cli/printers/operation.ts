import type { OperationStateJson } from '../../lib/manage/application-json.ts'
import { formatGoDuration, formatGoTime } from './go-time.ts'
import { formatKeyValues } from './key-values.ts'

/** The block that tells how a sync went (argocd.md 4.3). `now` counts while it still runs. */
export function formatOperation(state: OperationStateJson, now: number): string {
  const { syncResult, startedAt, finishedAt, message = '' } = state
  const end = finishedAt === undefined ? now : Date.parse(finishedAt)
  const seconds = Math.floor(end / 1000) - Math.floor(Date.parse(startedAt) / 1000)
  return formatKeyValues([
    ...(syncResult === undefined
      ? []
      : ([
          ['Operation:', 'Sync'],
          ['Sync Revision:', syncResult.revisions?.join(',') ?? syncResult.revision],
        ] as const)),
    ['Phase:', state.phase],
    ['Start:', formatGoTime(startedAt)],
    ['Finished:', formatGoTime(finishedAt)],
    ['Duration:', formatGoDuration(seconds)],
    ...(message === '' ? [] : ([['Message:', message]] as const)),
  ])
}
