import { enableCompileCache } from 'node:module'

// Before anything else is loaded, or it would be compiled anew at every start.
enableCompileCache()
const { createNodeShell } = await import('./node-shell.ts')
const { run } = await import('./run.ts')

// Whoever reads our output may stop reading, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

process.exitCode = await run(process.argv.slice(2), createNodeShell())
