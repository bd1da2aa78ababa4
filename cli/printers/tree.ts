import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import type { ResourceNodeJson } from '../../lib/manage/resource-tree.ts'
import { keyOf, resourceRows } from './resources.ts'
import { formatTable } from './table.ts'

/** `app get -o tree`: each object above those that it owns, siblings in the order of `Kind/name`. */
export function formatTree(app: ApplicationJson, nodes: readonly ResourceNodeJson[]): string {
  const rows = new Map(resourceRows(app).map((row) => [keyOf(row), row]))
  const cells = (node: ResourceNodeJson, prefix: string): readonly string[] => {
    const row = isOwn(node) ? rows.get(keyOf(node)) : undefined
    const health = node.health?.status ?? ''
    return [`${prefix}${label(node)}`, row?.status ?? '', health, row?.message ?? '']
  }
  // Owner references are what people write there: they may lead in a circle.
  const shown = new Set<ResourceNodeJson>()
  const branch = (node: ResourceNodeJson, above: string): readonly (readonly string[])[] => {
    const children = nodes
      .filter((child) => isChild(child, node) && !shown.has(child))
      .toSorted(byLabel)
    for (const child of children) shown.add(child)
    return children.flatMap((child, index) => {
      const isLast = index === children.length - 1
      return [
        cells(child, `${above}${isLast ? '└─' : '├─'}`),
        ...branch(child, `${above}${isLast ? '  ' : '│ '}`),
      ]
    })
  }
  const own = nodes.filter(isOwn).toSorted(byLabel)
  return formatTable([
    ['KIND/NAME', 'STATUS', 'HEALTH', 'MESSAGE'],
    ...own.flatMap((node) => [cells(node, ''), ...branch(node, '')]),
  ])
}

/** The Application's own object, as opposed to one that such an object owns. */
export const isOwn = ({ parentRefs = [] }: ResourceNodeJson): boolean => parentRefs.length === 0

const isChild = (child: ResourceNodeJson, node: ResourceNodeJson): boolean =>
  node.uid !== undefined && (child.parentRefs ?? []).some(({ uid }) => uid === node.uid)

const label = ({ kind, name }: ResourceNodeJson): string => `${kind}/${name}`
const byLabel = (a: ResourceNodeJson, b: ResourceNodeJson): number => (label(a) < label(b) ? -1 : 1)
