/** Time, the only way to learn it (law 13). Epoch milliseconds. */
export interface Clock {
  now(): number
}

/** Fresh identifiers: UUIDs in production, a seeded sequence in the simulation. */
export interface Ids {
  next(): string
}
