import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GembaError } from '../model/error.ts'
import { importJsonl, type ImportLine } from '../planes/work/import-jsonl.ts'
import { beadsLogin, trust } from '../planes/work/login.ts'
import { loadProject } from '../runtime/config.ts'
import { dataFolderOf, runningServer, type DataFolder } from '../runtime/data-folder.ts'
import { readServerSettings, settingsVariable } from '../runtime/settings.ts'
import { exitCodes, print, say } from './output.ts'

/** Lines that are told one by one; `--json` tells all. */
const most = 50

/**
 * `gemba beads import`: takes the beads of a file of `bd export`, or of a folder of JSONL, into the project's database.
 * Repeat-safe. Ends with 6 when a line could not be taken. `not_running` when Gemba keeps the database and does not run.
 */
export async function beadsImport(
  file: string,
  options: { folder: string; data?: string; json?: boolean },
): Promise<number> {
  const path = resolve(file)
  if (!existsSync(path)) {
    const fix = 'Name a file of `bd export`, or a folder with issues.jsonl.'
    throw new GembaError('path_unusable', { path, why: 'there is nothing', fix })
  }
  const report = await importJsonl(await loginOf(options.folder, dataFolderOf(options.folder, options.data)), path)
  const bad = report.lines.filter((line) => line.bad)
  if (options.json === true) print(JSON.stringify({ version: 1, ...report }))
  else {
    for (const line of bad.slice(0, most)) print(told(line))
    if (bad.length > most) print(`… and ${bad.length - most} more; --json tells all`)
    const there = report.skipped - bad.length
    print(`${report.created} created, ${report.updated} updated, ${there} there already, ${bad.length} not taken`)
  }
  say('Each line stands for its bead and for each of its labels, edges and comments.')
  return bad.length === 0 ? exitCodes.done : exitCodes.findings
}

function told({ file, line, bead, why }: ImportLine): string {
  return `${file}:${line}${bead === '' ? '' : ` ${bead}`}: not taken: ${why}`
}

/** The database that the running Gemba uses, else a server of the project's own. */
async function loginOf(folder: string, data: DataFolder): Promise<Parameters<typeof importJsonl>[0]> {
  const { beads } = loadProject(folder)
  if (!beads.embedded) {
    const { host, port, user, password, database, tls } = beads
    return { host, port, user, password, database, ...trust(tls) }
  }
  const running = await runningServer(data)
  if (running?.state !== 'up') throw new GembaError('not_running', { folder: resolve(folder) })
  return beadsLogin(readServerSettings({ [settingsVariable]: join(data.settings, 'server.json') }).beads)
}
