import type { Condition, Item } from './port.ts'

/** Whether an item (`undefined`: none is there) meets a condition. Absent attributes equal nothing. */
export function holds(item: Item | undefined, condition: Condition): boolean {
  if ('all' in condition) return condition.all.every((inner) => holds(item, inner))
  if ('any' in condition) return condition.any.some((inner) => holds(item, inner))
  const value = item?.[condition.attribute]
  if ('exists' in condition) return (value !== undefined) === condition.exists
  if (value === undefined) return false
  if ('equals' in condition) return value === condition.equals
  if ('below' in condition) return typeof value === 'number' && value < condition.below
  return value === item?.[condition.equalsAttribute]
}
