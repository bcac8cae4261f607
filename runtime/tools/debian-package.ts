import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { exec, run } from '../exec.ts'
import type { Report } from '../terminal.ts'
import { findProgram } from './locate.ts'
import type { Installer } from './obtain.ts'

/** A program of a Debian package, with the libraries that the machine has not. */
export interface DebianProgram {
  readonly tool: string
  readonly package: string
  /** Path within the package. */
  readonly program: string
}

/** What starts programs of this machine, and where a package keeps its libraries. */
const platforms: Readonly<Record<string, { loader: string; triplet: string }>> = {
  x64: { loader: '/lib64/ld-linux-x86-64.so.2', triplet: 'x86_64-linux-gnu' },
  arm64: { loader: '/lib/ld-linux-aarch64.so.1', triplet: 'aarch64-linux-gnu' },
}

/**
 * Takes a program out of its Debian package, without root: `apt-get download` checks the archive's signatures, nothing
 * is installed, and the program finds its libraries beside itself.
 */
export function debianInstaller(program: DebianProgram, report: Report): Installer {
  return {
    name: 'Debian package',
    needs: { bytes: 20_000_000 },
    async install(folder, target) {
      const platform = platforms[process.arch]
      if (platform === undefined || !existsSync(platform.loader)) throw new Error('it is not for this platform')
      for (const needed of ['apt-get', 'apt-cache', 'dpkg-deb', 'dpkg-query']) {
        if (findProgram(needed) === undefined) throw new Error(`it needs ${needed}`)
      }
      const packages = [program.package, ...(await missingLibraries(program.package))]
      report.line(`${program.tool}: downloading ${packages.join(', ')} from the system's packages.`)
      await run('apt-get', ['download', '--quiet', '--', ...packages], { cwd: folder, timeout: 300_000 })
      const root = join(dirname(target), 'root')
      mkdirSync(root)
      const archives = readdirSync(folder).filter((name) => name.endsWith('.deb'))
      for (const archive of archives) await run('dpkg-deb', ['--extract', join(folder, archive), root])
      writeFileSync(target, launcher(program, platform))
      return { way: 'Debian package', packages: archives.join(' ') }
    },
  }
}

/** Packages that `name` depends on and that are not installed here. */
async function missingLibraries(name: string): Promise<string[]> {
  const text = await run('apt-cache', ['depends', '--important', '--', name])
  const needed = [...text.matchAll(/^\s+Depends: ([a-z0-9][a-z0-9+.-]*)$/gm)].map(([, found]) => found ?? '')
  const missing: string[] = []
  for (const each of needed) {
    const known = await exec('dpkg-query', ['--show', '--showformat=${db:Status-Status}', '--', each])
    if (known.code !== 0 || known.stdout !== 'installed') missing.push(each)
  }
  return missing
}

/** Starts the program with its libraries, whatever its environment is, and leaves that as it is. */
function launcher(program: DebianProgram, { loader, triplet }: { loader: string; triplet: string }): string {
  const libraries = ['usr/lib', 'lib'].map((folder) => `$here/${folder}/${triplet}`).join(':')
  return [
    '#!/bin/sh',
    'here=${0%/*}/root',
    `exec ${loader} --library-path "${libraries}" "$here/${program.program}" "$@"`,
    '',
  ].join('\n')
}
