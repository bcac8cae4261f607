/** An `[[agent]]` that takes its time, so that trouble finds it at work. */
export const slowAgent = [
  '[[agent]]',
  'name = "slow"',
  'command = "gemba:scripted"',
  'hooks = "none"',
  'preamble = "file"',
  'max_parallel = 8',
  '[agent.env]',
  'GEMBA_SCRIPTED_PACE = "1"',
].join('\n')
