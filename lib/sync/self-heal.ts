const FIRST_MS = 2000
const FACTOR = 3
export const SELF_HEAL_DELAY_MS_MAX = 300_000

/**
 * How long after the end of the last sync drift is healed again: at once, then after 2, 6, 18, 54,
 * 162 and at last 300 s (6.7). `attempts` counts the heals of one revision; a new one starts over.
 */
export const selfHealDelayMs = (attempts: number): number =>
  attempts <= 0 ? 0 : Math.min(FIRST_MS * FACTOR ** (attempts - 1), SELF_HEAL_DELAY_MS_MAX)
