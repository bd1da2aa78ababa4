import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

export async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  lines.once('SIGINT', endOnInterrupt)
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

/** Shows the question and nothing of the answer. */
export async function askHidden(question: string): Promise<string> {
  process.stdout.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  lines.once('SIGINT', endOnInterrupt)
  try {
    return await lines.question('')
  } finally {
    lines.close()
    process.stdout.write('\n')
  }
}

/** The exit code that shells give to a program ended by Ctrl-C. */
const endOnInterrupt = (): never => process.exit(130)
