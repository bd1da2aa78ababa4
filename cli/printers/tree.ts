import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import type { ResourceNodeJson } from '../../lib/manage/resource-tree.ts'
import { keyOf, resourceRows } from './resources.ts'
import { formatTable } from './table.ts'

/** `app get -o tree`: the Application's own objects, in the order of `kind/name`. */
export function formatTree(app: ApplicationJson, nodes: readonly ResourceNodeJson[]): string {
  const rows = new Map(resourceRows(app).map((row) => [keyOf(row), row]))
  const sorted = nodes.toSorted((a, b) => (label(a) < label(b) ? -1 : 1))
  return formatTable([
    ['KIND/NAME', 'STATUS', 'HEALTH', 'MESSAGE'],
    ...sorted.map((node) => {
      const row = rows.get(keyOf(node))
      return [label(node), row?.status ?? '', node.health?.status ?? '', row?.message ?? '']
    }),
  ])
}

const label = ({ kind, name }: ResourceNodeJson): string => `${kind}/${name}`
