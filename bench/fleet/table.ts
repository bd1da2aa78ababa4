import type { FleetResult } from './result.ts'

/** The figures for people, one a line. */
export function fleetTable(result: FleetResult): string {
  const rows = rowsOf(result)
  const width = Math.max(...rows.map(([name]) => name.length))
  const valueWidth = Math.max(...rows.map(([, value]) => value.length))
  return rows
    .map(([name, value, unit]) => `${name.padEnd(width)}  ${value.padStart(valueWidth)} ${unit}`)
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

type Row = readonly [name: string, value: string, unit: string]

const rowsOf = ({ oneCommit, idle60, ...all }: FleetResult): readonly Row[] => [
  ['apps', String(all.apps), ''],
  ['allSyncedSeconds', seconds(all.allSyncedSeconds), 's'],
  ['platformCpuSeconds', seconds(all.platformCpuSeconds), 's'],
  ['platformPeakMemoryMb', String(all.platformPeakMemoryMb), 'MB'],
  ...perApp('dynamoRequests', all.dynamoRequests, all.apps),
  ...perApp('sqsRequests', all.sqsRequests, all.apps),
  ...perApp('gitRequests', all.gitRequests, all.apps),
  ...perApp('kubernetesRequests', all.kubernetesRequests, all.apps),
  ['oneCommit.seconds', seconds(oneCommit.seconds), 's'],
  ['oneCommit.cpuSeconds', seconds(oneCommit.cpuSeconds), 's'],
  ['oneCommit.gitRequests', String(oneCommit.gitRequests), ''],
  ['oneCommit.kubernetesRequests', String(oneCommit.kubernetesRequests), ''],
  ['idle60.cpuSeconds', seconds(idle60.cpuSeconds), `s (${percent(idle60.cpuSeconds)} of a core)`],
  ['idle60.memoryMb', String(idle60.memoryMb), 'MB'],
  ['idle60.kubernetesRequests', String(idle60.kubernetesRequests), ''],
]

const seconds = (value: number): string => value.toFixed(2)
const percent = (cpuSeconds: number): string => `${((cpuSeconds / 60) * 100).toFixed(2)} %`
const perApp = (name: string, requests: number, apps: number): readonly Row[] => [
  [name, String(requests), `(${(requests / apps).toFixed(2)} an Application)`],
]
