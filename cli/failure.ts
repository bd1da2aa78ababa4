/** `argocd`'s exit code for everything that went wrong but usage. */
export const EXIT_FAILURE = 20
/** Wrong usage, and a sync that ran but did not succeed. */
export const EXIT_USAGE = 1

/** Ends the program with an exit code; without a message it ends silently. */
export class Failure extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT_FAILURE, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Failure'
    this.exitCode = exitCode
  }
}

/** The API's answer to a request that failed. */
export class ApiFailure extends Failure {
  /** gRPC code (argocd.md 2.1). */
  readonly code: number
  readonly description: string

  constructor(code: number, description: string) {
    super(`rpc error: code = ${CODE_NAMES[code] ?? `Code(${code})`} desc = ${description}`)
    this.name = 'ApiFailure'
    this.code = code
    this.description = description
  }
}

const CODE_NAMES = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
]
const NOT_FOUND = 5
const PERMISSION_DENIED = 7

/** Both mean that the Application is not there, for all the caller may know (argocd.md 2.2). */
export const isAbsence = (error: unknown): boolean =>
  error instanceof ApiFailure && (error.code === NOT_FOUND || error.code === PERMISSION_DENIED)
