import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'

/**
 * The layer rules of ARCHITECTURE.md as oxlint overrides: `npm run lint:config` writes them into
 * `.oxlintrc.json`. An override replaces the options of a rule, so each folder gets the whole list.
 */

/** Rooms of `lib/` in the order in which data meets them; a room imports only from rows above. */
export const LIB_ROWS: readonly (readonly string[])[] = [
  ['std'],
  ['fault'],
  ['manifest'],
  ['app'],
  ['access'],
  ['source'],
  ['render'],
  ['diff', 'health', 'tree'],
  ['sync'],
  ['blobs', 'clock', 'queue', 'secrets', 'engine', 'cluster', 'git', 'state'],
  ['reconcile'],
  ['manage'],
]
const PORTS = LIB_ROWS[9] ?? []
const PURE_ROOMS = LIB_ROWS.slice(0, 9).flat()

/** Which package may be imported where; everywhere else it is refused. */
const PACKAGES: readonly {
  readonly group: readonly string[]
  readonly allowed: readonly string[]
}[] = [
  {
    group: ['@aws-sdk/*'],
    allowed: [
      'lib/state',
      'lib/queue',
      'lib/blobs',
      'lib/secrets',
      'functions',
      'local',
      'test',
      'bench',
    ],
  },
  { group: ['@kubernetes/client-node'], allowed: ['lib/cluster'] },
  { group: ['isomorphic-git', 'isomorphic-git/*'], allowed: ['lib/git'] },
  { group: ['hono', 'hono/*', '@hono/*'], allowed: ['functions', 'local'] },
  { group: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'], allowed: ['infra', 'test'] },
  { group: ['commander'], allowed: ['cli'] },
]

/** Top-level folders, and the folders of the house that each may not reach into. */
const HOUSE: Readonly<Record<string, readonly string[]>> = {
  lib: ['functions', 'local', 'cli', 'infra', 'test', 'bench', 'scripts'],
  functions: ['local', 'cli', 'infra', 'test', 'bench', 'scripts'],
  cli: ['local', 'infra', 'test', 'bench', 'scripts'],
  infra: ['lib', 'local', 'cli', 'test', 'bench'],
  local: ['infra', 'test', 'bench'],
}

const IMPURE_GLOBALS = [
  'process',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'crypto',
  'console',
]
const IMPURE_PROPERTIES = [
  { object: 'Date', property: 'now', message: 'time is an argument (law 13)' },
  { object: 'Math', property: 'random', message: 'randomness comes from a port (law 13)' },
]

interface Pattern {
  readonly group: readonly string[]
  readonly message: string
}

const packagePatterns = (folder: string): readonly Pattern[] =>
  PACKAGES.filter(({ allowed }) => !allowed.some((place) => folder.startsWith(place))).map(
    ({ group, allowed }) => ({ group, message: `only ${allowed.join(', ')} may import it` }),
  )

const housePatterns = (folder: string): readonly Pattern[] =>
  (HOUSE[folder.split('/')[0] ?? ''] ?? []).map((other) => ({
    group: [`**/${other}/**`],
    message: `${folder} must not reach into ${other}`,
  }))

function roomPatterns(room: string): readonly Pattern[] {
  const row = LIB_ROWS.findIndex((rooms) => rooms.includes(room))
  const later = LIB_ROWS.slice(row + 1).flat()
  return [
    ...later.map((other) => ({
      group: [`../${other}/**`, `../../${other}/**`],
      message: `arrows point one way: ${room} must not know ${other}`,
    })),
    ...(PURE_ROOMS.includes(room)
      ? [{ group: ['node:*'], message: `${room} is pure (law 13)` }]
      : []),
  ]
}

const restrict = (files: readonly string[], patterns: readonly Pattern[], rules = {}) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }], ...rules },
})

const USE_CASE_ROOMS = ['reconcile', 'manage']
const OTHER_ROOMS = LIB_ROWS.flat().filter((room) => !USE_CASE_ROOMS.includes(room))

const roomOverrides = OTHER_ROOMS.map((room) => {
  const folder = `lib/${room}`
  const patterns = [...packagePatterns(folder), ...housePatterns(folder), ...roomPatterns(room)]
  const isPure = PURE_ROOMS.includes(room)
  return restrict(
    [`${folder}/**/*.ts`],
    patterns,
    isPure
      ? {
          'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
          'no-restricted-properties': ['error', ...IMPURE_PROPERTIES],
        }
      : {},
  )
})

/** Everything but config-names.ts; the rule knows neither exceptions nor look-ahead. */
const infraPatterns: readonly Pattern[] = [
  {
    group: ['**/functions/*/**', '**/functions/[!c]*', '**/functions/compose*'],
    message: 'infra knows only the names in functions/config-names.ts',
  },
]

const houseOverrides = ['functions', 'cli', 'infra', 'local', 'bench', 'scripts', 'test'].map(
  (folder) =>
    restrict(
      [`${folder}/**/*.ts`],
      [
        ...packagePatterns(folder),
        ...housePatterns(folder),
        ...(folder === 'infra' ? infraPatterns : []),
      ],
    ),
)

/** Use cases know ports, not adapters: what is chosen in one place can be replaced in one place. */
const useCaseOverrides = USE_CASE_ROOMS.map((room) => {
  const folder = `lib/${room}`
  const adapters = PORTS.map((port) => ({
    group: [`../${port}/{memory,dynamo,sqs,s3,file,http,http2,kms,wasm,key,random,system}-*.ts`],
    message: `${room} knows ports, not adapters`,
  }))
  return restrict(
    [`${folder}/**/*.ts`],
    [
      ...packagePatterns(folder),
      ...housePatterns(folder),
      ...roomPatterns(room),
      ...adapters,
      { group: ['node:*'], message: `${room} reaches the world through ports` },
    ],
    {
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
      'no-restricted-properties': ['error', ...IMPURE_PROPERTIES],
    },
  )
})

/** The whole configuration, as `.oxlintrc.json` holds it. */
export const lintConfig = {
  $schema: './node_modules/oxlint/configuration_schema.json',
  plugins: ['typescript', 'import', 'unicorn', 'oxc'],
  categories: { correctness: 'error' },
  env: { builtin: true },
  ignorePatterns: ['node_modules', 'dist', 'cdk.out'],
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true },
    ],
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
    'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', 4],
    'max-depth': ['error', 3],
  },
  overrides: [
    ...roomOverrides,
    ...useCaseOverrides,
    ...houseOverrides,
    {
      files: ['**/*.test.ts', 'test/**/*.ts'],
      rules: {
        'max-lines': ['error', { max: 600 }],
        'max-lines-per-function': 'off',
        'no-restricted-imports': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-properties': 'off',
      },
    },
    { files: ['vitest*.config.ts'], rules: { 'import/no-default-export': 'off' } },
  ],
}

if (basename(process.argv[1] ?? '') === 'lint-config.ts') {
  writeFileSync('.oxlintrc.json', `${JSON.stringify(lintConfig, null, 2)}\n`)
}
