import type { Hint, Queue, QueueName } from '../../lib/queue/port.ts'
import type { Random } from './random.ts'

/** What a letter is about, and from when on it may arrive. */
export interface Letter {
  readonly queue: QueueName
  readonly hint: Hint
  readonly at: number
  readonly receives: number
}

/** How badly messages are carried. */
export interface PostMischief {
  readonly lose: number
  readonly double: number
  readonly delayMs: number
}

/** A queue that loses, doubles, delays and reorders, as far as law 1 allows it to. */
export interface Post extends Queue {
  mischief: PostMischief
  /** Takes one letter that may arrive now, any of them. */
  take(): Letter | undefined
  /** A letter whose reader died or failed comes back, a few times. */
  comeBack(letter: Letter): void
  dropAll(): void
  readonly size: () => number
  nextAt(): number | undefined
}

export const CAREFUL: PostMischief = { lose: 0, double: 0, delayMs: 0 }
/** After this many receptions a letter goes to the dead letters: it is lost. */
const RECEIVES_MAX = 5
const VISIBILITY_MS = 60_000

export function createPost(random: Random, now: () => number): Post {
  let letters: Letter[] = []
  const post: Post = {
    mischief: CAREFUL,
    async send(queue, hints, options = {}) {
      const { lose, double, delayMs } = post.mischief
      for (const hint of hints) {
        if (random.chance(lose)) continue
        const copies = random.chance(double) ? 2 : 1
        for (let copy = 0; copy < copies; copy++) {
          const at = now() + (options.delaySeconds ?? 0) * 1000 + random.int(delayMs + 1)
          letters.push({ queue, hint, at, receives: 0 })
        }
      }
    },
    take() {
      const ready = letters.filter((letter) => letter.at <= now())
      if (ready.length === 0) return undefined
      const letter = random.pick(ready)
      letters.splice(letters.indexOf(letter), 1)
      return letter
    },
    comeBack(letter) {
      const receives = letter.receives + 1
      if (receives < RECEIVES_MAX) letters.push({ ...letter, receives, at: now() + VISIBILITY_MS })
    },
    dropAll() {
      letters = []
    },
    size: () => letters.length,
    nextAt: () => (letters.length === 0 ? undefined : Math.min(...letters.map(({ at }) => at))),
  }
  return post
}
