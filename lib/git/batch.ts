/**
 * Collects keys that are asked for while a call is under way and asks for them together in the
 * next one. A batch that fails is tried key by key, so that nobody fails for another's key.
 */
export function createBatch<Key, Result>(
  call: (keys: readonly Key[]) => Promise<Result>,
): (keys: readonly Key[]) => Promise<Result> {
  let waiting: Request<Key, Result>[] = []
  let isRunning = false

  const run = async (): Promise<void> => {
    isRunning = true
    while (waiting.length > 0) {
      const requests = waiting
      waiting = []
      await serve(call, requests)
    }
    isRunning = false
  }
  return (keys) =>
    new Promise((resolve, reject) => {
      waiting.push({ keys, resolve, reject })
      // Whoever asks in the same turn comes along too.
      if (!isRunning) {
        isRunning = true
        queueMicrotask(() => void run())
      }
    })
}

interface Request<Key, Result> {
  readonly keys: readonly Key[]
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

async function serve<Key, Result>(
  call: (keys: readonly Key[]) => Promise<Result>,
  requests: readonly Request<Key, Result>[],
): Promise<void> {
  try {
    const result = await call(requests.flatMap(({ keys }) => keys))
    for (const { resolve } of requests) resolve(result)
  } catch (error) {
    if (requests.length === 1) requests[0]?.reject(error)
    else for (const request of requests) await serve(call, [request])
  }
}
