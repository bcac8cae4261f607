import { defineConfig } from 'vitest/config'
import config from '../../vitest.config.ts'

/** The configuration of all tests, for the file whose tests leave something behind. */
export default defineConfig({
  test: { ...config.test, include: ['test/leaks/leaking.fixture.ts'], provide: { leftoversGraceMs: 200 } },
})
