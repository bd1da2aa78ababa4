import { build } from 'esbuild'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'

/** Bundles the CLI into one file, `dist/argosy.mjs`, for Node 24. */
const ROOT = join(import.meta.dirname, '..')
const outfile = join(ROOT, 'dist', 'argosy.mjs')

await build({
  entryPoints: [join(ROOT, 'cli', 'main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minify: true,
  legalComments: 'none',
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
  },
})
chmodSync(outfile, 0o755)
