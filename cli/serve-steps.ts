import { GembaError } from '../model/error.ts'
import { runningServer, whileServerIs, type DataFolder } from '../runtime/data-folder.ts'
import type { Report } from '../runtime/terminal.ts'
import type { ServeOptions } from './compose.ts'
import { consoleUrl, openBrowser } from './console-url.ts'
import { print } from './output.ts'
import type { ServeFlags } from './serve-options.ts'

/** How long a start waits for one before it that is stopping: somewhat longer than a stop may take. */
const stopWithinMs = 60_000

/** One that is stopping is waited for; `already_running` names one that is not. */
export async function refuseSecond(data: DataFolder, report: Report): Promise<void> {
  const found = await runningServer(data)
  if (found?.state === 'stopping') report.line(`Waiting for process ${found.pid} to stop.`)
  const running = await whileServerIs('stopping', data, stopWithinMs)
  if (running !== undefined) {
    throw new GembaError('already_running', { pid: String(running.pid), url: running.url })
  }
}

/** Tells that all is up and where; `ends` says how it is stopped and what then goes on. */
export async function announce(
  options: ServeOptions,
  data: DataFolder,
  report: Report,
  flags: ServeFlags,
  ends: string,
): Promise<void> {
  const url = options.auth === 'token' ? consoleUrl(options.url, data) : `${options.url}/`
  report.line(`Gemba is up. Its logs are in ${data.logs}.`)
  report.line(ends)
  print(flags.json === true ? JSON.stringify({ event: 'ready', url, pid: process.pid }) : url)
  if (flags.open === true) await openBrowser(url, data)
}
