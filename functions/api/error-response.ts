import { ArgosyError, describeFault, faultOf, traitsOf } from '../../lib/fault/fault.ts'
import type { Logger } from '../../lib/reconcile/ports.ts'

/** HTTP status of each gRPC code, as grpc-gateway maps them (argocd.md 2.1). */
const HTTP_STATUS: Readonly<Record<number, number>> = {
  1: 408,
  2: 500,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  13: 500,
  14: 503,
  15: 500,
  16: 401,
}

export interface ApiError {
  readonly grpcCode: number
  readonly httpStatus: number
  readonly message: string
}

/** What a client is told. Of an error that nobody foresaw it learns nothing: the log has it. */
export function toApiError(error: unknown, log: Logger): ApiError {
  const fault = faultOf(error)
  const grpcCode = traitsOf(fault).grpc
  const httpStatus = HTTP_STATUS[grpcCode] ?? 500
  const isForeseen = error instanceof ArgosyError
  if (!isForeseen || traitsOf(fault).blame === 'system') {
    const stack = error instanceof Error ? error.stack : undefined
    log.error('api.failed', { code: fault.code, message: describeFault(fault), stack })
  }
  const message = isForeseen ? describeFault(fault) : "internal error; the server's log says more"
  return { grpcCode, httpStatus, message }
}

export function errorResponse(error: unknown, log: Logger): Response {
  const { grpcCode, httpStatus, message } = toApiError(error, log)
  return Response.json({ error: message, code: grpcCode, message }, { status: httpStatus })
}
