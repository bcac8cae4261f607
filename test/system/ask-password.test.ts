/** `gemba serve --ask-password` at a real terminal, on a real Dolt server that wants the password. */
import { mkdtemp, readFile, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import type { ModeStatus } from '../../model/mode.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import { exec, run } from '../../runtime/exec.ts'
import { freePort } from '../../runtime/free-port.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { startDoltServer, type DoltServer } from '../dolt-server.ts'
import { ApiClient, eventually } from './api-client.ts'
import { processTree } from './process-tree.ts'

const gemba = fileURLToPath(new URL('../../scripts/gemba.mjs', import.meta.url))
const secret = 'open:sesame@7/%'

let dolt: DoltServer
beforeAll(async () => {
  dolt = await startDoltServer()
  const { host, port, user } = dolt
  await createBeads({ host, port, user, database: 'guarded', prefix: 'gm' })
  const root = await createConnection({ host, port, user })
  await root.query(`CREATE USER 'ali'@'%' IDENTIFIED BY '${secret}'`)
  await root.query("GRANT ALL ON *.* TO 'ali'@'%'")
  await root.end()
})
afterAll(() => dolt?.release())

/** `gemba serve --ask-password` in a terminal of its own, which ends with the test. */
async function atTerminal() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gemba-asked-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [port, data, tool] = [await freePort(), join(folder, 'data'), locateTool('tmux')]
  const tmux = (...args: string[]) => ['-S', join(folder, 'tmux'), '-f', '/dev/null', ...args]
  const serve = [process.execPath, gemba, 'serve', '--beads-only', '--listen', `127.0.0.1:${port}`, '--ask-password']
  const address = ['--beads-url', `mysql://ali@${dolt.host}:${dolt.port}/guarded`]
  const size = ['-x', '180', '-y', '50']
  const env = { ...process.env, GEMBA_DATA: data }
  const { stdout, stderr } = await exec(
    tool,
    tmux('new-session', '-d', '-P', '-F', '#{pane_pid}', ...size, '-c', folder, '--', ...serve, ...address),
    { env },
  )
  const pid = Number(stdout)
  if (!(pid > 0)) throw new Error(stderr)
  onTestFinished(async () => {
    await exec(tool, tmux('send-keys', 'C-c'))
    await eventually('it has ended', async () => processTree([pid]).size === 0)
    await exec(tool, tmux('kill-server'))
  })
  return {
    api: new ApiClient(`http://127.0.0.1:${port}`, join(data, 'token')),
    data,
    shown: () => run(tool, tmux('capture-pane', '-p', '-S', '-')),
    type: (text: string) => run(tool, tmux('send-keys', '-l', '--', text)),
    enter: () => run(tool, tmux('send-keys', 'Enter')),
    programs: () =>
      Promise.all([...processTree([pid]).keys()].map((each) => readFile(`/proc/${each}/cmdline`, 'utf8'))),
  }
}

/** The status once the health of the source is such. */
async function statusOf(
  api: ApiClient,
  isSuch: (health: ModeStatus['health']) => boolean,
): Promise<ModeStatus | undefined> {
  const status = await api.get<ModeStatus>('/status')
  return isSuch(status.health) ? status : undefined
}

it('takes the password from the terminal, and shows it neither there nor anywhere else', async () => {
  const { api, data, shown, type, enter, programs } = await atTerminal()
  await eventually('it asks', async () => (await shown()).includes('Password for mysql://ali@'))
  await type(secret)
  await enter()
  const status = await eventually('the source is open', () => statusOf(api, ({ healthy }) => healthy))
  expect(status).toMatchObject({ privilege: 'read_write', health: { healthy: true } })
  expect((await api.create({ title: 'Made' })).title).toBe('Made')
  const logs = await readdir(join(data, 'logs'))
  expect(logs.length).toBeGreaterThan(0)
  const said = await Promise.all(logs.map((name) => readFile(join(data, 'logs', name), 'utf8')))
  const seen = [await shown(), JSON.stringify(status), ...(await programs()), ...said].join('\n')
  expect(seen).toContain('Password for')
  expect(seen).not.toContain(secret)
  expect(seen).not.toContain(encodeURIComponent(secret))
})

it('says that a wrong one is refused, and what to do', async () => {
  const { api, shown, enter, type } = await atTerminal()
  await eventually('it asks', async () => (await shown()).includes('Password for mysql://ali@'))
  await type('wrong')
  await enter()
  const status = await eventually('it is refused', () => statusOf(api, ({ code }) => code === 'beads_login_refused'))
  expect(status).toMatchObject({ privilege: 'unknown', health: { mend: expect.stringContaining('--ask-password') } })
})
