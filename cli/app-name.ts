import type { Query } from './api-client.ts'
import { Failure } from './failure.ts'

export interface AppName {
  readonly name: string
  readonly namespace: string
}

/** An Application as people name it: `name` or `namespace/name`. */
export function parseAppName(text: string, namespace: string | undefined): AppName {
  const [first = '', second, ...rest] = text.split('/')
  if (rest.length > 0 || text === '')
    throw new Failure(`'${text}' is not the name of an application`)
  if (second === undefined) return { name: first, namespace: namespace ?? '' }
  return { name: second, namespace: namespace ?? first }
}

export const appPath = ({ name }: AppName, rest = ''): string =>
  `/api/v1/applications/${encodeURIComponent(name)}${rest}`

export const namespaceQuery = ({ namespace }: AppName): Query => ({ appNamespace: namespace })
