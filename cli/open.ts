import { resolve } from 'node:path'
import { GembaError } from '../model/error.ts'
import { dataFolderOf, runningServer } from '../runtime/data-folder.ts'
import { consoleUrl, openBrowser } from './console-url.ts'
import { exitCodes, print } from './output.ts'

/** `gemba open`: the URL of the running console, token included. */
export async function open(
  folder: string,
  options: { data?: string; browser?: boolean; json?: boolean },
): Promise<number> {
  const data = dataFolderOf(folder, options.data)
  const running = await runningServer(data)
  if (running === undefined) throw new GembaError('not_running', { folder: resolve(folder) })
  const url = consoleUrl(running.url, data)
  print(options.json === true ? JSON.stringify({ url, pid: running.pid }) : url)
  if (options.browser === true) await openBrowser(url, data)
  return exitCodes.done
}
