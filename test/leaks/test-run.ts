import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identify, isStillRunning, type ProcessIdentity } from '../../runtime/process-identity.ts'
import { brand, newRunNumber } from './brand.ts'

/** One run of tests: by its folder and its brand everything is known that comes from it. Plain data. */
export interface TestRun {
  /** The temporary folder of the run; each test file has one of its own in it. */
  readonly folder: string
  /** The brand's number; null where processes can not be branded and only what they mention tells. */
  readonly number: number | null
}

/** One test file of a run. */
export interface TestFile {
  readonly number: number
  readonly folder: string
}

declare module 'vitest' {
  interface ProvidedContext {
    testRun: TestRun
    /** How long what a test has ended may take to be gone. */
    leftoversGraceMs: number
  }
}

/** What else comes into the path of a Unix socket, whose length is limited, must still fit. */
const longestBase = 40
const prefix = 'gmb-'
/** Not listed to others, but passable: as root, Postgres runs as another user. */
const passable = 0o711
const ownerFile = 'owner.json'

/** Opens a run that belongs to this process. */
export async function openRun(): Promise<TestRun> {
  const folder = mkdtempSync(join(baseFolder(), prefix))
  chmodSync(folder, passable)
  const number = newRunNumber()
  const branded = await brand(process.pid, { run: number, file: number })
  const run = { folder, number: branded ? number : null }
  const owner = await identify(process.pid)
  writeFileSync(join(folder, ownerFile), JSON.stringify({ owner, number: run.number }))
  return run
}

/** Makes this process, a worker that runs one test file, and all its children part of the run. */
export async function enterRun(run: TestRun, path: string): Promise<TestFile> {
  const number = takeNumber(run, path)
  const folder = join(run.folder, String(number))
  mkdirSync(folder)
  chmodSync(folder, passable)
  if (run.number !== null && !(await brand(process.pid, { run: run.number, file: number })))
    throw new Error('the worker of this test file could not be branded')
  // tmux does not ask for the first.
  for (const name of ['TMPDIR', 'TMUX_TMPDIR']) process.env[name] = folder
  // npm would keep its compiled code in the temporary folder.
  process.env['NODE_DISABLE_COMPILE_CACHE'] = '1'
  return { number, folder }
}

/** The files that have entered the run and not left it. */
export function filesOf(run: TestRun): TestFile[] {
  return readdirSync(run.folder)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ number: Number(name), folder: join(run.folder, name) }))
}

/** The path of the test file with this number. */
export function pathOf(run: TestRun, file: number): string {
  try {
    return readFileSync(nameFile(run, file), 'utf8')
  } catch {
    return 'a test file that is not known'
  }
}

/** Runs of ours whose process is gone without having closed them. */
export async function interruptedRuns(): Promise<TestRun[]> {
  const base = baseFolder()
  const runs = readdirSync(base)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(base, name))
    .filter(isOurs)
    .map(readRun)
  const over = await Promise.all(runs.map(async (run) => run !== undefined && !(await isStillRunning(run.owner))))
  return runs.filter((run, index) => run !== undefined && over[index] === true) as TestRun[]
}

function baseFolder(): string {
  const own = realpathSync(tmpdir())
  return own.length <= longestBase ? own : realpathSync('/tmp')
}

/** Everybody may write to the temporary folder; what others put there says nothing about our processes. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.getuid?.()
}

function readRun(folder: string): (TestRun & { owner: ProcessIdentity }) | undefined {
  try {
    const { owner, number } = JSON.parse(readFileSync(join(folder, ownerFile), 'utf8')) as {
      owner: ProcessIdentity
      number: number | null
    }
    return { folder, owner, number: Number.isInteger(number) ? number : null }
  } catch {
    // It is just being opened or removed.
    return undefined
  }
}

/** The first number that no file of the run has had. */
function takeNumber(run: TestRun, path: string): number {
  for (let number = 1; ; number += 1) {
    try {
      writeFileSync(nameFile(run, number), path, { flag: 'wx' })
      return number
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function nameFile(run: TestRun, file: number): string {
  return join(run.folder, `${file}.path`)
}
