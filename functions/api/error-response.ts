import { ArgosyError, describeFault, faultOf, traitsOf } from '../../lib/fault/fault.ts'
import type { Ports } from '../../lib/reconcile/ports.ts'

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

/** Where an error is written down, and what it is found by. */
export type ErrorPorts = Pick<Ports, 'log' | 'ids'>

/**
 * What a client is told. Of an error that nobody foresaw it learns only by which id the log has it.
 */
export function toApiError(error: unknown, { log, ids }: ErrorPorts): ApiError {
  const fault = faultOf(error)
  const grpcCode = traitsOf(fault).grpc
  const httpStatus = HTTP_STATUS[grpcCode] ?? 500
  // What is `Internal` was written for us, whoever threw it.
  const isForeseen = error instanceof ArgosyError && fault.code !== 'Internal'
  if (!isForeseen || traitsOf(fault).blame === 'system') {
    const stack = error instanceof Error ? error.stack : undefined
    const request = ids.next()
    const message = describeFault(fault)
    log.error('api.failed', { request, code: fault.code, message, stack })
    if (!isForeseen) {
      const shown = `internal error; see the server's log, request ${request}`
      return { grpcCode, httpStatus, message: shown }
    }
  }
  return { grpcCode, httpStatus, message: describeFault(fault) }
}

export function errorResponse(error: unknown, ports: ErrorPorts): Response {
  const { grpcCode, httpStatus, message } = toApiError(error, ports)
  return Response.json({ error: message, code: grpcCode, message }, { status: httpStatus })
}
