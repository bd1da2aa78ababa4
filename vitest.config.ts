import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{lib,functions,local,cli,test,infra}/**/*.test.ts'],
    exclude: ['test/cluster/**', '**/node_modules/**'],
    env: { CDK_VALIDATION: 'false' },
  },
})
