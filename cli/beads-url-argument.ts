const variable = 'GEMBA_BEADS_URL_ARGUMENT'

/**
 * The value of `--beads-url`. Where another Node of ours was started in between, it comes by the environment
 * (`scripts/node24.mjs`), from which it is taken at once, so that no child gets it.
 */
export function beadsUrlArgument(value: string): string {
  if (value !== `env:${variable}`) return value
  const url = process.env[variable] ?? ''
  delete process.env[variable]
  return url
}
