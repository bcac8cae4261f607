// Plain JavaScript, since it is needed before there is a Node 24.
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * The folder for what set-up obtained: `GEMBA_CACHE`, else the platform's cache folder. A value that is empty or relative
 * counts as not given: it would mean another place in each working folder, such as one that a cloned repository brings.
 */
export function cacheFolder(env = process.env) {
  const [own = '', platform = ''] = [env['GEMBA_CACHE'], env['XDG_CACHE_HOME']]
  if (isAbsolute(own)) return own
  return join(isAbsolute(platform) ? platform : join(homedir(), '.cache'), 'gemba')
}
