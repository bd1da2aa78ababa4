import { build, type Metafile } from 'esbuild'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { FUNCTION_NAMES, type FunctionName } from '../functions/config-names.ts'
import { engineFolder } from '../local/engine-folder.ts'

/**
 * Bundles every function into `dist/functions/<name>/index.mjs` and puts the built engines into
 * `dist/engines`, as `infra/` expects them. A function above its budget fails: what a cold start
 * has to read and parse is paid for at every one of them.
 */
const BUNDLE_BYTES_MAX: Readonly<Record<FunctionName, number>> = {
  api: 1_400_000,
  poller: 1_000_000,
  'repo-worker': 1_100_000,
  'app-worker': 1_300_000,
  'cluster-worker': 1_100_000,
}

/** How many of a bundle's largest parts are named when it is above its budget. */
const CULPRITS_MAX = 5

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')

rmSync(join(DIST, 'functions'), { recursive: true, force: true })
const problems = [...(await bundleFunctions()), ...copyEngines()]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1

async function bundleFunctions(): Promise<readonly string[]> {
  const problems: string[] = []
  for (const name of FUNCTION_NAMES) problems.push(...(await bundleFunction(name)))
  return problems
}

async function bundleFunction(name: FunctionName): Promise<readonly string[]> {
  const entry = join(ROOT, 'functions', `${name}.lambda.ts`)
  if (!existsSync(entry)) {
    return [`functions/${name}.lambda.ts is not there; it exports the handler of ${name}`]
  }
  const bundled = await bundle(name, entry).catch(() => undefined)
  // esbuild has said itself what is wrong.
  if (bundled === undefined) return [`functions/${name}.lambda.ts was not bundled`]
  const { sizeBytes, culprits } = bundled
  const budget = BUNDLE_BYTES_MAX[name]
  console.log(`${name.padEnd(16)} ${kb(sizeBytes).padStart(6)} of ${kb(budget)} KB`)
  if (sizeBytes <= budget) return []
  return [
    `${name} is ${kb(sizeBytes)} KB, above its budget of ${kb(budget)} KB; largest: ${culprits}`,
  ]
}

async function bundle(name: FunctionName, entry: string) {
  const { metafile } = await build({
    entryPoints: { index: entry },
    outdir: join(DIST, 'functions', name),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // Packages in CommonJS call `require`, which a module does not have.
    banner: {
      js: "import{createRequire as argosyRequire}from'node:module';const require=argosyRequire(import.meta.url);",
    },
  })
  return { sizeBytes: sizeOf(metafile), culprits: culpritsIn(metafile) }
}

function sizeOf({ outputs }: Metafile): number {
  return Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0)
}

/** The packages and folders that take most of a bundle. */
function culpritsIn({ outputs }: Metafile): string {
  const sizes = new Map<string, number>()
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const part = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? relative('.', path)
      sizes.set(part, (sizes.get(part) ?? 0) + bytesInOutput)
    }
  }
  return [...sizes]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, CULPRITS_MAX)
    .map(([part, bytes]) => `${part} ${kb(bytes)} KB`)
    .join(', ')
}

function kb(bytes: number): string {
  return Math.ceil(bytes / 1_000).toString()
}

function copyEngines(): readonly string[] {
  const source = process.env['ARGOSY_ENGINES_DIR'] ?? engineFolder(ROOT).built
  const engines = existsSync(source)
    ? readdirSync(source).filter((name) => name.endsWith('.wasm'))
    : []
  if (engines.length === 0) {
    return [`no engines in ${source}; run 'npm run build:engines', or set ARGOSY_ENGINES_DIR`]
  }
  const target = join(DIST, 'engines')
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  for (const name of engines) cpSync(join(source, name), join(target, name))
  return []
}
