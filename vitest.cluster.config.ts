import { defineConfig } from 'vitest/config'

/** Tests on a real Kubernetes API server; `test/cluster/global-setup.ts` says which. */
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: ['test/cluster/global-setup.ts'],
    // One control plane at a time is enough for two cores.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
})
