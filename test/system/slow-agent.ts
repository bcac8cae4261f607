/** An `[[agent]]` that takes its pauses, so that it is found at work, or there and doing nothing. */
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
