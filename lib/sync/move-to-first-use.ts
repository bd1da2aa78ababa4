import { valueAt } from '../manifest/manifest.ts'
import { compareStages } from './plan-order.ts'
import type { Task } from './task.ts'

/**
 * A Namespace or CustomResourceDefinition that would come in a later phase or wave than an object
 * that needs it takes the phase and wave of that object (6.9-7). Kind order then puts it in front.
 */
export function moveToFirstUse(tasks: readonly Task[]): readonly Task[] {
  const firstUse = new Map<string, Task>()
  for (const task of tasks) {
    if (task.target === undefined) continue
    for (const need of needsOf(task)) {
      const first = firstUse.get(need)
      if (first === undefined || compareStages(task, first) < 0) firstUse.set(need, task)
    }
  }
  return tasks.map((task) => {
    const offer = offerOf(task)
    const first = offer === undefined ? undefined : firstUse.get(offer)
    if (first === undefined || compareStages(task, first) <= 0) return task
    return { ...task, phase: first.phase, wave: first.wave }
  })
}

const needsOf = ({ key }: Task): readonly string[] => [
  `kind ${key.group}/${key.kind}`,
  ...(key.namespace === '' ? [] : [`namespace ${key.namespace}`]),
]

function offerOf({ key, target }: Task): string | undefined {
  if (target === undefined) return undefined
  if (key.kind === 'Namespace' && key.group === '') return `namespace ${key.name}`
  if (key.kind !== 'CustomResourceDefinition') return undefined
  const group = valueAt(target, 'spec', 'group')
  const kind = valueAt(target, 'spec', 'names', 'kind')
  return typeof group === 'string' && typeof kind === 'string' ? `kind ${group}/${kind}` : undefined
}
