import { addSweptKinds, sweptKinds } from '../state/clusters.ts'
import type { InventoryEntry } from '../state/documents.ts'
import type { Summary } from '../state/records.ts'
import type { Ports } from './ports.ts'

/**
 * Makes sure that drift sweeps list every kind that the Application keeps on its cluster. Costs
 * nothing while the kinds stay the same, one read when they are known already.
 */
export async function announceKinds(
  ports: Ports,
  tenant: string,
  app: {
    readonly server: string
    readonly before: Summary['swept']
    readonly inventory: readonly InventoryEntry[]
  },
): Promise<NonNullable<Summary['swept']>> {
  const kinds = new Map(
    app.inventory
      .filter((entry) => entry.server === app.server)
      .map(({ key }) => [`${key.group}/${key.kind}`, { group: key.group, kind: key.kind }]),
  )
  const swept = { server: app.server, kinds: [...kinds.keys()].toSorted() }
  const told = app.before?.server === app.server ? app.before.kinds : []
  if (swept.kinds.every((kind) => told.includes(kind))) return swept

  const known = await sweptKinds(ports.state, tenant, app.server)
  for (const { group, kind } of known) kinds.delete(`${group}/${kind}`)
  await addSweptKinds(ports.state, tenant, app.server, [...kinds.values()])
  return swept
}
