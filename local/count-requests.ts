/** Any AWS SDK client: DynamoDB, SQS, S3, KMS. */
export interface CountableClient {
  readonly middlewareStack: {
    add(
      middleware: <H extends Handler>(next: H) => H,
      options: { readonly step: 'finalizeRequest'; readonly priority: 'low' },
    ): void
  }
}

/** `never`: what the client's handlers hand to one another is not our business. */
type Handler = (args: never) => Promise<unknown>

export interface RequestCounter {
  /** HTTP requests since the counter was installed, the client's own retries included. */
  count(): number
}

/** Counts what a client sends, whoever uses that client. */
export function countRequests(client: CountableClient): RequestCounter {
  let requests = 0
  client.middlewareStack.add(
    (next) =>
      new Proxy(next, {
        apply(handler, self, args) {
          requests++
          return Reflect.apply(handler, self, args)
        },
      }),
    // Priority `low` is inside the client's retry loop, so that each try is counted.
    { step: 'finalizeRequest', priority: 'low' },
  )
  return { count: () => requests }
}
