import type { HistoryJson } from '../../lib/manage/application-json.ts'
import { formatGoTime } from './go-time.ts'
import { formatTable } from './table.ts'

/** `app history`: one table, a heading per repository (argocd.md 4.4). */
export function formatHistory(history: readonly HistoryJson[]): string {
  const entries = history.flatMap((entry) =>
    (entry.sources ?? [entry.source]).map((source, index) => ({
      repo: source.repoURL,
      row: [
        String(entry.id),
        formatGoTime(entry.deployedAt),
        revisionText(source.targetRevision ?? '', entry.revisions?.[index] ?? entry.revision ?? ''),
      ],
    })),
  )
  const byRepo = [...Map.groupBy(entries, ({ repo }) => repo)]
  return byRepo
    .map(([repo, same]) =>
      formatTable([['SOURCE', repo], ['ID', 'DATE', 'REVISION'], ...same.map(({ row }) => row)]),
    )
    .join('\n')
}

const revisionText = (target: string, commit: string): string =>
  commit.length >= 7 ? `${target} (${commit.slice(0, 7)})` : target
