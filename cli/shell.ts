/** Everything outside that the CLI touches, so that tests can stand in for it. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly homeDir: string
  /** Whether somebody can answer questions. */
  readonly isInteractive: boolean
  /** Whether errors go to a person rather than to a file or program. */
  readonly isErrorTty: boolean
  out(text: string): void
  err(text: string): void
  ask(question: string): Promise<string>
  /** As `ask`, without showing what is typed. */
  askHidden(question: string): Promise<string>
  request(request: HttpRequest): Promise<HttpResponse>
  /** `undefined` when there is no such file; `-` is the standard input. */
  readFile(path: string): Promise<string | undefined>
  /** Writes a file that only its owner may read, whole or not at all. */
  writePrivateFile(path: string, text: string): Promise<void>
  /** Runs a diff program on two texts as files of these names; answers its exit code. */
  runDiff(command: readonly string[], left: NamedText, right: NamedText): Promise<number>
  now(): number
  sleep(milliseconds: number): Promise<void>
  /** Aborts after so many seconds; never for 0. */
  timeout(seconds: number): AbortSignal
}

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
  /** Accept a certificate that nobody vouches for. */
  readonly insecure?: boolean
}

export interface HttpResponse {
  readonly status: number
  readonly body: AsyncIterable<string>
}

export interface NamedText {
  readonly name: string
  readonly text: string
}
