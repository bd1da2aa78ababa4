/**
 * The queue port. A message is a hint to look at something, never the work itself (law 1), so
 * messages may be lost, doubled, late or reordered.
 *
 * Laws, each in `test/contracts/queue.contract.ts`: a sent hint is received at least once unless
 * the queue is lost; while a receipt is held no one else gets that message; a message that is
 * not deleted comes back when its visibility ends; `delaySeconds` holds it back.
 * `send` costs one request per 10 hints.
 */
export interface Queue {
  send(
    queue: QueueName,
    hints: readonly Hint[],
    options?: { readonly delaySeconds?: number },
  ): Promise<void>
}

export const QUEUE_NAMES = ['repo', 'app', 'cluster'] as const
export type QueueName = (typeof QUEUE_NAMES)[number]

/** "Look at this": a repository (`name` is its normalised URL), an Application or a cluster. */
export interface Hint {
  readonly tenant: string
  readonly name: string
}

/** Longest delay SQS knows (aws.md 4). */
export const DELAY_SECONDS_MAX = 900
