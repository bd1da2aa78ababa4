import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lintConfig } from '../../scripts/lint-config.ts'

const root = resolve(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'argosy-layers-'))
cpSync(join(root, '.oxlintrc.json'), join(scratch, '.oxlintrc.json'))
afterAll(() => rmSync(scratch, { recursive: true }))

test('the lint configuration is the generated one', () => {
  const committed = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')) as unknown
  expect(committed, 'run npm run lint:config').toEqual(JSON.parse(JSON.stringify(lintConfig)))
})

// Each line breaks one rule of ARCHITECTURE.md in the file that is named.
test.for([
  ['lib/std/a.ts', "import '../fault/fault.ts'", 'std must not know fault'],
  ['lib/app/a.ts', "import '../reconcile/ports.ts'", 'app must not know reconcile'],
  ['lib/sync/a.ts', "import '../state/port.ts'", 'sync must not know state'],
  ['lib/health/a.ts', "import 'node:fs'", 'health is pure'],
  ['lib/diff/a.ts', 'export const now = Date.now()', 'time is an argument'],
  ['lib/sync/a.ts', 'export const r = Math.random()', 'randomness comes from a port'],
  ['lib/render/a.ts', 'export const e = process.env', "Unexpected use of 'process'"],
  ['lib/git/a.ts', "import '@aws-sdk/client-sqs'", 'may import it'],
  ['lib/reconcile/a.ts', "import '../state/dynamo-state.ts'", 'knows ports, not adapters'],
  ['lib/manage/a.ts', "import 'hono'", 'may import it'],
  ['lib/state/a.ts', "import '../reconcile/ports.ts'", 'state must not know reconcile'],
  ['functions/a.ts', "import '../local/aws.ts'", 'must not reach into local'],
  ['infra/a.ts', "import '../lib/state/port.ts'", 'must not reach into lib'],
  ['infra/a.ts', "import '../functions/compose.ts'", 'infra knows only the names'],
  ['cli/a.ts', "import 'aws-cdk-lib'", 'may import it'],
] as const)('%s with %j is refused', ([path, line, message]) => {
  const file = join(scratch, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${line}\n`)
  expect(lint(path)).toContain(message)
  rmSync(file)
})

test('a file that keeps the rules passes', () => {
  mkdirSync(join(scratch, 'lib/app'), { recursive: true })
  writeFileSync(join(scratch, 'lib/app/fine.ts'), "import '../std/json.ts'\n")
  expect(lint('lib/app/fine.ts')).toContain('Found 0 warnings and 0 errors')
})

function lint(path: string): string {
  try {
    return execFileSync(join(root, 'node_modules/.bin/oxlint'), [path], {
      cwd: scratch,
      encoding: 'utf8',
    })
  } catch (error) {
    return String((error as { stdout?: string }).stdout)
  }
}
