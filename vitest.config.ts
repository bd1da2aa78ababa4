import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{lib,functions,local,cli,test,infra}/**/*.test.ts'],
    exclude: ['test/cluster/**', '**/node_modules/**'],
    // Files share a worker: no test touches globals or module state, and starting a process for
    // each file would cost half a minute of two cores.
    isolate: false,
    env: { CDK_VALIDATION: 'false' },
  },
})
