import type { Context } from 'aws-lambda'
import { randomUUID } from 'node:crypto'
import { ArgosyError } from '../lib/fault/fault.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from './local-account.ts'

export type LambdaHandler<E> = (event: E, context: Context) => Promise<unknown>

export interface InvokeOptions {
  readonly name: string
  readonly timeoutMs: number
}

/**
 * Calls a Lambda handler as Lambda does: event and answer pass through JSON, and after
 * `timeoutMs` the call has failed. Lambda would end the process then; here the handler may go on
 * for a while, as a paused worker may anywhere, and is held off by its fence (law 2).
 * Throws what the handler throws, or `Internal` at the timeout.
 */
export async function invoke<E>(
  handler: LambdaHandler<E>,
  event: E,
  { name, timeoutMs }: InvokeOptions,
): Promise<unknown> {
  const { promise: timeout, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(timedOut(name, timeoutMs)), timeoutMs)
  try {
    const call = Promise.resolve().then(() => handler(cloneJson(event), contextOf(name, timeoutMs)))
    return cloneJson(await Promise.race([call, timeout]))
  } finally {
    clearTimeout(timer)
  }
}

const timedOut = (name: string, timeoutMs: number): ArgosyError =>
  new ArgosyError({
    code: 'Internal',
    message: `function ${name} timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  })

const cloneJson = <T>(value: T): T =>
  value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T)

/** What a handler may read of its invocation; time is measured by a clock that never jumps. */
function contextOf(name: string, timeoutMs: number): Context {
  const deadline = performance.now() + timeoutMs
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`,
    memoryLimitInMB: '1024',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
    done() {},
    fail() {},
    succeed() {},
  }
}
