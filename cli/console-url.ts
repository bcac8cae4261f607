import { pathToFileURL } from 'node:url'
import type { DataFolder } from '../runtime/data-folder.ts'
import { exec } from '../runtime/exec.ts'
import { readSecret, writePrivateFile } from '../runtime/secret.ts'
import { findProgram } from '../runtime/tools/locate.ts'

/** The address that signs a browser in: the token stands in the fragment, which browsers never send. */
export function consoleUrl(origin: string, data: DataFolder): string {
  const token = readSecret(data.token)
  return token === undefined ? `${origin}/` : `${origin}/#token=${token}`
}

/**
 * Opens the console in the person's browser, if there is one. The browser is given a private file that leads on,
 * since a program's arguments can be read by everybody on the machine.
 */
export async function openBrowser(url: string, data: DataFolder): Promise<boolean> {
  const opener = findProgram(process.platform === 'darwin' ? 'open' : 'xdg-open')
  if (opener === undefined) return false
  const file = data.opener
  writePrivateFile(file, `<!doctype html><title>Gemba</title><script>location.replace(${JSON.stringify(url)})</script>`)
  const opened = await exec(opener, [pathToFileURL(file).href], { timeout: 10_000 }).catch(() => undefined)
  return opened?.code === 0
}
