import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FUNCTION_NAMES } from '../../functions/config-names.ts'
import { ENGINES_BYTES_MAX, findAssets } from '../../infra/assets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-dist-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function bundled(names: readonly string[], engineBytes?: number): void {
  for (const name of names) {
    mkdirSync(join(folder, 'functions', name), { recursive: true })
    writeFileSync(join(folder, 'functions', name, 'index.mjs'), '')
  }
  if (engineBytes === undefined) return
  mkdirSync(join(folder, 'engines'))
  const engine = join(folder, 'engines', 'fieldmanager.wasm')
  writeFileSync(engine, '')
  truncateSync(engine, engineBytes)
}

test('finds every function, and says how large the engines are', () => {
  bundled(FUNCTION_NAMES, ENGINES_BYTES_MAX)
  expect(findAssets(folder)).toEqual({
    functions: Object.fromEntries(
      FUNCTION_NAMES.map((name) => [name, join(folder, 'functions', name)]),
    ),
    engines: { folder: join(folder, 'engines'), sizeBytes: ENGINES_BYTES_MAX },
  })
})

test.for([
  ['nothing is bundled', [], 1, 'functions not bundled', 'api, poller, repo-worker, app-worker'],
  ['one is missing', FUNCTION_NAMES.slice(1), 1, 'functions not bundled', ': api; run'],
  ['no engines are there', FUNCTION_NAMES, undefined, 'engines not found', 'build:engines'],
  ['the engines are empty', FUNCTION_NAMES, 0, 'engines not found', 'build:engines'],
  ['the engines are too large', FUNCTION_NAMES, ENGINES_BYTES_MAX + 1, 'above', 'leave one out'],
] as const)('when %s, one line says so', ([, names, engineBytes, problem, remedy]) => {
  bundled(names, engineBytes)
  const message = messageOf(() => findAssets(folder))
  expect(message).toContain(problem)
  expect(message).toContain(remedy)
  expect(message).not.toContain('\n')
})

function messageOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'nothing was thrown'
}
