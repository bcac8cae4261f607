import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      '{model,temporal,workflows,activities,planes,agent,workers,store,api,runtime,cli,scripts,test,web}/**/*.test.ts',
    ],
    globalSetup: 'test/leaks/run-setup.ts',
    setupFiles: 'test/leaks/file-setup.ts',
    provide: { leftoversGraceMs: 5_000 },
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
