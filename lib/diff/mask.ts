import type { Manifest } from '../manifest/manifest.ts'
import { canonicalJson, isObject, type Json } from '../std/json.ts'
import { base64, isSecret, LAST_APPLIED_ANNOTATION } from './normalise.ts'

/** The states of one object that are shown beside each other. */
export interface States {
  readonly target?: Manifest
  readonly live?: Manifest
  readonly predicted?: Manifest
}

/**
 * The same states without the values of a Secret (law 11, 1.6). Every value becomes a run of `+`:
 * of one key, equal values equal runs and differing values runs of different length, whose length
 * says nothing about the value's. The last-applied annotation, a copy of the values, is masked too.
 * Other kinds stay as they are.
 */
export function maskSecrets(states: States): States {
  const masks = createMasks()
  return Object.fromEntries(
    Object.entries(states).map(([name, manifest]: [string, Manifest]) => [
      name,
      isSecret(manifest) ? maskSecret(manifest, masks) : manifest,
    ]),
  )
}

type Masks = (place: string, value: Json) => string

/** Deals out the shortest run that no other value in its place has. */
function createMasks(): Masks {
  const places = new Map<string, Map<string, string>>()
  return (place, value) => {
    const known = places.get(place) ?? new Map<string, string>()
    places.set(place, known)
    const text = canonicalJson(value)
    const mask = known.get(text) ?? '+'.repeat(SHORTEST + STEP * known.size)
    known.set(text, mask)
    return mask
  }
}

const SHORTEST = 8
const STEP = 4

function maskSecret(manifest: Manifest, masks: Masks): Manifest {
  const { data, stringData, metadata } = manifest
  const lastApplied = metadata.annotations?.[LAST_APPLIED_ANNOTATION]
  const annotations = {
    ...metadata.annotations,
    ...(lastApplied !== undefined && {
      [LAST_APPLIED_ANNOTATION]: masks(LAST_APPLIED_ANNOTATION, lastApplied),
    }),
  }
  return {
    ...manifest,
    ...(lastApplied !== undefined && { metadata: { ...metadata, annotations } }),
    ...(data !== undefined && { data: maskAll(data, masks) }),
    // In `stringData` a value stands in the clear, in `data` it is the same one in base64.
    ...(stringData !== undefined && {
      stringData: maskAll(stringData, (place, value) =>
        masks(place, typeof value === 'string' ? base64(value) : value),
      ),
    }),
  }
}

const maskAll = (values: Json, masks: Masks): Json =>
  isObject(values)
    ? Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, masks(`data ${key}`, value ?? '')]),
      )
    : masks('data', values)
