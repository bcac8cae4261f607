import { GembaError } from '../model/error.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const

/** How much the logs tell: `GEMBA_LOG_LEVEL`, `info` without it. Throws `config_invalid` for what is no level. */
export function logLevel(env: NodeJS.ProcessEnv = process.env): (typeof levels)[number] {
  const asked = env['GEMBA_LOG_LEVEL'] ?? ''
  if (asked === '') return 'info'
  const level = levels.find((each) => each === asked)
  if (level !== undefined) return level
  const why = `${JSON.stringify(asked.slice(0, 40))} is no log level; use ${levels.join(', ')}`
  throw new GembaError('config_invalid', { file: 'environment GEMBA_LOG_LEVEL', why })
}
