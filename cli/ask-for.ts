import { Failure } from './failure.ts'
import type { Shell } from './shell.ts'

/** Asks a person; where nobody can answer, names the flag that would have told. */
export async function askFor(
  shell: Shell,
  question: string,
  flag: string,
  visibility: 'visible' | 'hidden' = 'visible',
): Promise<string> {
  if (!shell.isInteractive) throw new Failure(`${flag} is missing, and nobody is there to be asked`)
  return visibility === 'hidden' ? shell.askHidden(question) : shell.ask(question)
}

/** Whether a person agrees; nobody there does not. */
export async function confirm(shell: Shell, question: string, flag: string): Promise<boolean> {
  const answer = await askFor(shell, `${question} [y/n] `, flag)
  return /^y(es)?$/i.test(answer.trim())
}
