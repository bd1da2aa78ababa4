import type { ResourceSelector } from '../lib/app/status.ts'
import { Failure } from './failure.ts'
import type { ResourceRow } from './printers/resources.ts'

/** `GROUP:KIND:NAME`, where the name may be `NAMESPACE/NAME`; the core group is empty. */
export function parseResource(text: string): ResourceSelector {
  const [group, kind = '', name = '', ...rest] = text.split(':')
  const [first = '', second] = name.split('/')
  if (group === undefined || kind === '' || first === '' || rest.length > 0) {
    throw new Failure(`resource ${text} is not of the form GROUP:KIND:NAME`)
  }
  return second === undefined
    ? { group, kind, name: first }
    : { group, kind, namespace: first, name: second }
}

/** `*` in group, kind or name stands for any. */
export function selects(selectors: readonly ResourceSelector[], row: ResourceRow): boolean {
  return selectors.some(
    ({ group = '', kind, name, namespace = '' }) =>
      fits(group, row.group) &&
      fits(kind, row.kind) &&
      fits(name, row.name) &&
      (namespace === '' || fits(namespace, row.namespace)),
  )
}

const fits = (pattern: string, text: string): boolean => pattern === '*' || pattern === text
