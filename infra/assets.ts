import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { FUNCTION_NAMES, type FunctionName } from '../functions/config-names.ts'

/** What `scripts/bundle.ts` made, ready to be uploaded. */
export interface Assets {
  readonly functions: Readonly<Record<FunctionName, string>>
  readonly engines: { readonly folder: string; readonly sizeBytes: number }
}

/** Lambda unpacks 250 MB at most, layers and function together; this leaves 10 MB to the function. */
export const ENGINES_BYTES_MAX = 240_000_000

/** Finds the bundled functions and the engines below `folder`; throws one line that says what to do. */
export function findAssets(folder: string): Assets {
  const entries = FUNCTION_NAMES.map((name) => [name, join(folder, 'functions', name)] as const)
  const missing = entries.filter(([, path]) => !existsSync(join(path, 'index.mjs')))
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(', ')
    throw new Error(`functions not bundled in ${folder}: ${names}; run 'npm run synth'`)
  }
  const engines = join(folder, 'engines')
  const sizeBytes = existsSync(engines) ? sizeOf(engines) : 0
  if (sizeBytes === 0) {
    throw new Error(
      `engines not found in ${engines}; run 'npm run build:engines', then 'npm run synth'`,
    )
  }
  if (sizeBytes > ENGINES_BYTES_MAX) {
    throw new Error(
      `engines in ${engines} are ${sizeBytes} bytes, above the ${ENGINES_BYTES_MAX} that Lambda leaves them; leave one out`,
    )
  }
  return {
    functions: Object.fromEntries(entries) as Record<FunctionName, string>,
    engines: { folder: engines, sizeBytes },
  }
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .filter((entry) => entry.isFile())
    .reduce((sum, { size }) => sum + size, 0)
