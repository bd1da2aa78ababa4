import type { Manifest } from '../manifest/manifest.ts'
import { jsonEqual } from '../std/json.ts'
import { normalise, type NormaliseOptions } from './normalise.ts'

/**
 * Whether an apply would change anything that counts. `predicted` is what the server answers to a
 * dry run of the apply, so defaults, quantities and merge rules are its own on both sides.
 */
export const isModified = (
  live: Manifest,
  predicted: Manifest,
  options: NormaliseOptions = {},
): boolean => !jsonEqual(normalise(live, options), normalise(predicted, options))
