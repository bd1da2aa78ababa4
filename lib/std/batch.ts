/**
 * Collects keys that are asked for while a call is under way and asks for them together in the
 * next one. A batch that fails is tried request by request, so that nobody fails for another's key,
 * unless `isShared` says that the failure is nobody's own.
 */
export function createBatch<Key, Result>(
  call: (keys: readonly Key[]) => Promise<Result>,
  isShared: (error: unknown) => boolean = () => false,
): (keys: readonly Key[]) => Promise<Result> {
  const serve = (requests: readonly Request<Key, Result>[]) => answer(call, isShared, requests)
  let waiting: Request<Key, Result>[] = []
  let isRunning = false

  const run = async (): Promise<void> => {
    isRunning = true
    while (waiting.length > 0) {
      const requests = waiting
      waiting = []
      await serve(requests)
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

async function answer<Key, Result>(
  call: (keys: readonly Key[]) => Promise<Result>,
  isShared: (error: unknown) => boolean,
  requests: readonly Request<Key, Result>[],
): Promise<void> {
  try {
    const result = await call(requests.flatMap(({ keys }) => keys))
    for (const { resolve } of requests) resolve(result)
  } catch (error) {
    if (requests.length === 1 || isShared(error)) {
      for (const { reject } of requests) reject(error)
      return
    }
    for (const request of requests) await answer(call, isShared, [request])
  }
}
