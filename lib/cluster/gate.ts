/** Lets at most `limit` calls run at once; the others wait their turn in order. */
export function createGate(limit: number): <T>(call: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (call) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await call()
    } finally {
      // The place is handed over, so that nobody who came later takes it.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
