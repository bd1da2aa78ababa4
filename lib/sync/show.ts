import type { Step, Task } from './task.ts'

/** A plan as indented text: phases, waves, tasks. Plans are compared whole, in this form. */
export function showPlan(tasks: readonly Task[]): string {
  const lines: string[] = []
  let phase: string | undefined
  let wave: number | undefined
  for (const task of tasks) {
    if (task.phase !== phase) {
      lines.push(task.phase)
      wave = undefined
    }
    if (task.wave !== wave) lines.push(`  wave ${task.wave}`)
    lines.push(`    ${showTask(task)}`)
    phase = task.phase
    wave = task.wave
  }
  return lines.join('\n')
}

/** A step as text: one line, and one for each task that runs. */
export function showStep(step: Step): string {
  switch (step.do) {
    case 'run': {
      const head = `run ${step.phase} wave ${step.wave}${step.isLast ? ' (last)' : ''}`
      return [head, ...step.tasks.map((task) => `  ${showTask(task)}`)].join('\n')
    }
    case 'wait':
      return step.message
    case 'finish':
      return `${step.phase}: ${step.message}`
  }
}

/** `apply apps/Deployment default/web`; the empty group and namespace are left out. */
export function showTask({ key, target, hookType }: Task): string {
  const verb = hookType !== undefined ? 'hook' : target === undefined ? 'prune' : 'apply'
  const kind = key.group === '' ? key.kind : `${key.group}/${key.kind}`
  return `${verb} ${kind} ${key.namespace === '' ? '' : `${key.namespace}/`}${key.name}`
}
