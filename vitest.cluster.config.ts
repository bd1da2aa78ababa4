import { defineConfig } from 'vitest/config'

/** Tests on a real Kubernetes API server; `test/cluster/global-setup.ts` says which. */
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: ['test/cluster/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
