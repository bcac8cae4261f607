import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openTerminals } from '../../agent/backends/native/terminals.ts'
import { writeFileAtomic } from '../../agent/atomic-file.ts'
import { confineTo } from '../../agent/scripted/confined-files.ts'
import { readFrames } from '../../agent/frames.ts'
import { appendFrame } from '../../agent/sentinels/frame-file.ts'
import { tryLock } from '../../runtime/file-lock.ts'
import { exec } from '../../runtime/exec.ts'
import { createLogger } from '../../runtime/logger.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { eventually } from '../system/api-client.ts'
import { fill, free } from './fill-disk.ts'

/** What files of ours are like after writes that found no room. */
export interface FilesOutcome {
  readonly atomic: { readonly failed: string; readonly text: string; readonly files: readonly string[] }
  readonly work: { readonly failed: string }
  /** Events of frames, as they were written with success, and as they are read. */
  readonly frames: { readonly written: readonly string[]; readonly full: number; readonly read: readonly string[] }
  readonly lock: { readonly heldAfterRelease: boolean; readonly state: string }
  readonly log: { readonly last: boolean }
  readonly screen: { readonly before: string; readonly full: string; readonly after: string }
  readonly serve: { readonly code: number; readonly said: string; readonly left: readonly string[] }
}

const folder = tmpdir()

function attempt(work: () => unknown): string {
  try {
    work()
    return ''
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

function atomic(): FilesOutcome['atomic'] {
  const place = join(folder, 'atomic')
  mkdirSync(place)
  const file = join(place, 'record.json')
  writeFileAtomic(file, 'old')
  fill()
  const failed = attempt(() => writeFileAtomic(file, 'n'.repeat(100_000)))
  free()
  return { failed, text: readFileSync(file, 'utf8'), files: readdirSync(place) }
}

/** The system takes a part of the text without an error: the first block is there. */
function work(): FilesOutcome['work'] {
  const files = confineTo(folder)
  files.write('work.txt', 'begin\n')
  fill()
  const failed = attempt(() => files.append('work.txt', 'n'.repeat(100_000)))
  free()
  return { failed }
}

function frames(): FilesOutcome['frames'] {
  const path = join(folder, 'frames.jsonl')
  closeSync(openSync(path, 'a'))
  const env = { GEMBA_FRAMES: path, GEMBA_SESSION_ID: 's', GEMBA_FENCE: '1' }
  const written: string[] = []
  let full = 0
  for (let n = 0; n < 300; n += 1) {
    if (n % 50 === 10) fill()
    if (n % 50 === 40) free()
    const event = String(n).padStart(16, '0')
    const appended = appendFrame('GembaState', { note: 'x'.repeat(n * 3) }, { env, event })
    if (appended === 'written') written.push(event)
    else full += 1
  }
  const lines = readFileSync(path, 'utf8').split('\n')
  const read = readFrames(path, 0).frames.map(({ offset, next }) => {
    const text = readFileSync(path).subarray(offset, next).toString('utf8')
    return (JSON.parse(text) as { event: string }).event
  })
  return { written, full, read: lines.length > 1 ? read : [] }
}

async function lock(): Promise<FilesOutcome['lock']> {
  const place = join(folder, 'lock')
  const first = await tryLock(place, 'first')
  if (!first.held) throw new Error('it is held')
  fill()
  const state = attempt(() => first.lock.mark('up'))
  first.lock.release()
  free()
  return { state, heldAfterRelease: !(await tryLock(place, 'second')).held }
}

async function log(): Promise<FilesOutcome['log']> {
  const logger = createLogger('one', folder)
  const file = join(folder, 'one.log')
  const written = async (): Promise<string> => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
  logger.info('first')
  while (!(await written()).includes('first'));
  fill()
  for (let line = 0; line < 20; line += 1) {
    logger.info({ text: 'x'.repeat(1_000) }, 'while it is full')
    await written()
  }
  free()
  logger.info('last')
  return { last: await eventually('the log goes on', async () => (await written()).includes('"last"'), 20_000) }
}

async function screen(): Promise<FilesOutcome['screen']> {
  const tmux = locateTool('tmux')
  const socket = `gemba-screen-${process.pid}`
  const terminals = openTerminals({ tmux, socket, folder: join(folder, 'tmux'), env: process.env, shown: () => [] })
  try {
    const launcher = join(folder, 'launch.sh')
    writeFileAtomic(launcher, 'echo a question; sleep 600\n', 0o700)
    const pane = await terminals.launch('gmb-screen-1', launcher)
    const look = (): Promise<string> =>
      terminals.screen(pane).then(
        (text) => text.trim(),
        (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
      )
    while ((await look()) === '');
    const before = await look()
    fill()
    const full = await look()
    free()
    return { before, full, after: await look() }
  } finally {
    await exec(tmux, ['-L', socket, 'kill-server'])
    await terminals.leave()
  }
}

async function serve(): Promise<FilesOutcome['serve']> {
  const project = join(folder, 'project')
  const data = join(folder, 'data')
  mkdirSync(join(project, '.gemba'), { recursive: true })
  writeFileAtomic(join(project, '.gemba', 'gemba.toml'), '[project]\nid = "test"\n')
  fill()
  const gemba = fileURLToPath(new URL('../../scripts/gemba.mjs', import.meta.url))
  const words = [gemba, 'serve', project, '--data', data, '--listen', '127.0.0.1:0', '--no-open']
  const { code, stderr } = await exec(process.execPath, words, { timeout: 60_000 })
  free()
  return { code, said: stderr, left: readdirSync(folder).filter((name) => name === 'data') }
}

const outcome: FilesOutcome = {
  atomic: atomic(),
  work: work(),
  frames: frames(),
  lock: await lock(),
  log: await log(),
  screen: await screen(),
  serve: await serve(),
}
process.stdout.write(JSON.stringify(outcome))
