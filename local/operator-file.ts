import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * While the platform runs, its data folder holds its address and a token that only who may read
 * the folder knows: with it `argosy admin initial-password` asks for the password, which itself is
 * nowhere on disk but sealed.
 */
export const OPERATOR_FILE = 'operator.json'

export const createOperatorToken = (): string => randomUUID()

export async function writeOperatorFile(
  dataDir: string,
  content: { readonly url: string; readonly token: string },
): Promise<{ stop(): Promise<void> }> {
  const path = join(dataDir, OPERATOR_FILE)
  await rm(path, { force: true })
  await writeFile(path, JSON.stringify(content), { mode: 0o600 })
  return { stop: () => rm(path, { force: true }) }
}
