import { ArgosyError } from '../fault/fault.ts'
import { keyText, type ResourceKey } from '../manifest/key.ts'

/** An answer of the API server that is not 2xx. */
export const refused = (status: number, reason: string, message: string): ArgosyError =>
  new ArgosyError({ code: 'KubernetesError', status, reason, message })

export const conflict = (key: ResourceKey, why: string): ArgosyError =>
  refused(409, 'Conflict', `Operation cannot be fulfilled on ${nameOf(key)}: ${why}`)

export const namespaceMissing = (namespace: string): ArgosyError =>
  refused(404, 'NotFound', `namespaces "${namespace}" not found`)

export const notServed = (): ArgosyError =>
  refused(404, 'NotFound', 'the server could not find the requested resource')

export const immutable = (key: ResourceKey, field: string): ArgosyError =>
  refused(422, 'Invalid', `${nameOf(key)} is invalid: ${field}: field is immutable`)

export const ownedByOther = (manager: string, field: string): ArgosyError =>
  refused(409, 'Conflict', `Apply failed with 1 conflict: conflict with "${manager}": .${field}`)

export const noSuchObject = (key: ResourceKey): ArgosyError =>
  refused(404, 'NotFound', `${keyText(key)} not found`)

const nameOf = ({ group, kind, name }: ResourceKey): string =>
  `${group === '' ? kind : `${kind}.${group}`} "${name}"`
