/** A `bd` that hangs, seen through the API over all that Beads-only mode puts beneath it. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'
import { testApi } from '../../api/testing/test-api.ts'
import { system } from '../../model/actor.ts'
import type { ModeStatus } from '../../model/mode.ts'
import { ManifestFile } from '../../planes/manifest/manifest-file.ts'
import { openBoard } from '../../planes/work/board.ts'
import { beadsOnlyMode } from '../../workers/beads-only-mode.ts'
import { chosenSource } from '../../workers/chosen-source.ts'
import { openSource } from '../../workers/open-source.ts'
import { answeringBd, doubleBd } from '../bd/double-bd.ts'
import { exec } from '../../runtime/exec.ts'

const times = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' }
const issue = { id: 'gm-1', title: 'first', status: 'open', priority: 2, issue_type: 'task', ...times }
const shown = JSON.stringify({ schema_version: 1, data: [issue] })
const hanging = `
[ -e "$ROOT/hang" ] && { sleep 600 & echo $! $$ >> "$ROOT/children"; wait; }
[ "$1" = show ] && { echo '${shown}'; exit; }
${answeringBd()}`

async function bench() {
  const double = await doubleBd(hanging)
  onTestFinished(() => double.release())
  await writeFile(join(double.root, 'title'), 'first')
  vi.stubEnv('GEMBA_BD', double.env['GEMBA_BD'])
  onTestFinished(() => void vi.unstubAllEnvs())
  const path = join(double.root, 'manifest.jsonl')
  const ledger = new ManifestFile({ path })
  const logger = pino({ level: 'silent' })
  const access = { readOnly: false, restart: false, watched: () => true, timeoutMs: 1_000 }
  const source = chosenSource((selection) => openSource(selection, access, ledger), logger)
  onTestFinished(async () => {
    await source.close()
    await ledger.close()
  })
  await source.select({ kind: 'beads_dir', folder: double.root }, system)
  const board = await openBoard(source.work, { intervalMs: 100 })
  onTestFinished(() => board.close())
  const store = { append: () => Promise.resolve([]) }
  const settings = { readOnly: false, manifest: path }
  const mode = beadsOnlyMode({
    settings,
    source,
    board,
    store,
    logger,
    remember: () => undefined,
    retry: async () => undefined,
  })
  const api = await testApi({ work: source.work, exchange: source.exchange, board, mode })
  onTestFinished(() => api.app.close())
  return { api, folder: double.root }
}

it('is told with a code and what to do, ended with all that it started, and asked anew at the next use', async () => {
  const { api, folder } = await bench()
  const bead = () => api.call({ url: '/api/v1/beads/gm-1' })
  const looked = async () => (await api.change('POST', '/api/v1/status/check')).json<ModeStatus>().health
  expect((await bead()).statusCode).toBe(200)
  await writeFile(join(folder, 'hang'), '')
  const told = { code: 'bd_hung', mend: expect.stringContaining('bd list') }
  const answers = [await bead(), await api.change('PATCH', '/api/v1/beads/gm-1', { title: 'never' })]
  for (const answer of answers) {
    expect(answer.json()).toMatchObject({ ...told, status: 504, detail: expect.stringMatching(/within [12] s/) })
  }
  expect(await looked()).toMatchObject({ ...told, healthy: false, why: expect.stringContaining('within 2 s') })
  const children = (await readFile(join(folder, 'children'), 'utf8')).trim().split(/\s+/).map(Number)
  expect(children.length).toBeGreaterThanOrEqual(4)
  await rm(join(folder, 'hang'))
  await expect.poll(() => running(children)).toEqual([])
  // A failure is told for some seconds without another try, unless a person wants to look.
  expect(await looked()).toMatchObject({ healthy: true, code: null, why: '' })
  expect((await bead()).json()).toMatchObject({ id: 'gm-1', title: 'first' })
}, 60_000)

/** The states of those that are not over; how an orphan ended nobody may have asked yet. */
async function running(pids: readonly number[]): Promise<string[]> {
  const { stdout } = await exec('ps', ['-o', 'state=,pid=', '-p', pids.join(',')])
  return stdout.split('\n').filter((line) => /^[^Z]/.test(line.trim()))
}
