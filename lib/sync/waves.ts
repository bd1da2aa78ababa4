import { annotation, type Manifest } from '../manifest/manifest.ts'

export const WAVE_ANNOTATION = 'argocd.argoproj.io/sync-wave'

/** The wave an object belongs to; negative ones come first, text that is no integer counts as 0 (1.5). */
export function waveOf(manifest: Manifest): number {
  const text = annotation(manifest, WAVE_ANNOTATION)
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return 0
  const wave = Number(text)
  return Number.isSafeInteger(wave) ? wave : 0
}
