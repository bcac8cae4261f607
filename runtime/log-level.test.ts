import { expect, test } from 'vitest'
import { logLevel } from './log-level.ts'

test.each([
  [{}, 'info'],
  [{ GEMBA_LOG_LEVEL: '' }, 'info'],
  [{ GEMBA_LOG_LEVEL: 'debug' }, 'debug'],
  [{ GEMBA_LOG_LEVEL: 'error' }, 'error'],
])('%j: %s', (env, level) => {
  expect(logLevel(env)).toBe(level)
})

test.each(['verbose', 'INFO', ' ', 'toString'])('%j is no level, and the error names those there are', (level) => {
  expect(() => logLevel({ GEMBA_LOG_LEVEL: level })).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      message: `environment GEMBA_LOG_LEVEL: ${JSON.stringify(level)} is no log level; use debug, info, warn, error`,
    }),
  )
})
