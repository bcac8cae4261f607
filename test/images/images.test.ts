import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { configKeys } from '../../runtime/config-reference.ts'
import { exec } from '../../runtime/exec.ts'
import { pinned } from '../../runtime/tools/locate.ts'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const dockerfile = read('Dockerfile')
const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name = '']) => name)

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}

interface Service {
  readonly build: { readonly context: string; readonly target: string }
  readonly ports: readonly string[]
  readonly environment: Readonly<Record<string, null>>
  readonly volumes: readonly string[]
  readonly cap_drop: readonly string[]
  readonly security_opt: readonly string[]
  readonly read_only: boolean
  readonly privileged?: boolean
}

describe.each([
  ['docker-compose.yml', 'standard'],
  ['docker-compose.quickstart.yml', 'quickstart'],
])('%s', (file, target) => {
  const compose = parse(read(file)) as Compose
  const service = compose.services['gemba'] as Service

  it('builds an image that there is', () => {
    expect(service.build).toEqual({ context: '.', target })
    expect(stages).toContain(target)
  })

  it('gives away no more than it must', () => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
    expect(service.privileged).toBeUndefined()
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(JSON.stringify(service.volumes)).not.toContain('docker.sock')
  })

  it('keeps its data in a volume, and names none that is not there', () => {
    expect(service.volumes).toContain('gemba-data:/data')
    expect(Object.keys(compose.volumes)).toEqual(['gemba-data', 'gemba-work'])
  })

  it('passes on only variables that Gemba knows, and sets none', () => {
    const known = configKeys().map(({ environment }) => environment)
    for (const [name, value] of Object.entries(service.environment)) {
      expect(known).toContain(name)
      expect(value).toBeNull()
    }
    expect(Object.keys(service.environment)).toEqual(
      expect.arrayContaining(['GEMBA_BEADS_URL', 'GEMBA_BEADS_DIR', 'GEMBA_BEADS_READ_ONLY']),
    )
  })
})

describe('the Dockerfile', () => {
  it('makes the standard image unless another is asked for', () => {
    expect(stages.at(-1)).toBe('standard')
    expect(stages).toEqual(expect.arrayContaining(['minimal', 'quickstart']))
  })

  it('has the Dolt that Gemba gets elsewhere too', () => {
    expect(dockerfile).toContain(`ARG DOLT_IMAGE=dolthub/dolt:${pinned.dolt}\n`)
    expect(dockerfile).toContain('COPY --from=dolt /usr/local/bin/dolt /usr/local/bin/dolt')
  })

  it('runs nothing as root', () => {
    expect(dockerfile).toMatch(/^USER 1000:1000$/m)
    expect(dockerfile).toMatch(/MINIMAL_IMAGE=\S+:nonroot$/m)
  })

  it('copies only what is in the build context', () => {
    const allowed = read('.dockerignore').split('\n')
    for (const [, files = ''] of dockerfile.matchAll(/^ {4}&& cp (?:-r )?(.+) \/out/gm)) {
      for (const file of files.split(' ').filter((each) => !['dist', 'node_modules'].includes(each))) {
        expect(allowed).toContain(`!${file.split('/')[0] ?? ''}`)
      }
    }
  })
})

it.each(['gemba', 'quickstart', 'sentinel', 'server'])(
  'deploy/%s.sh is a script that its shell understands',
  async (name) => {
    const file = fileURLToPath(new URL(`../../deploy/${name}.sh`, import.meta.url))
    const [, shell = ''] = /^#!(?:\/usr\/bin\/env |\/bin\/)(\S+)\n/.exec(readFileSync(file, 'utf8')) ?? []
    expect(await exec(shell, ['-n', file])).toMatchObject({ code: 0, stderr: '' })
  },
)

describe('the entry of the standard image', () => {
  /** What `gemba` is called with, by a program of that name which says it. */
  async function called(env: NodeJS.ProcessEnv, ...args: string[]): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'gemba-entry-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'gemba'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 })
    const file = fileURLToPath(new URL('../../deploy/server.sh', import.meta.url))
    const PATH = `${folder}:/usr/bin:/bin`
    return (await exec('bash', [file, ...args], { env: { PATH, HOME: join(folder, 'home'), ...env } })).stdout
  }

  it('starts the server as it is documented', async () => {
    expect(await called({})).toBe('serve --listen 0.0.0.0:7666 --auth token --orchestration none\n')
  })

  it('listens where it is told to', async () => {
    expect(await called({ GEMBA_LISTEN: '0.0.0.0:80' })).toContain('serve --listen 0.0.0.0:80 --auth token')
  })

  it('leaves to the variables what they say, so that Beads-only mode is not refused for a flag', async () => {
    expect(await called({ GEMBA_ORCHESTRATION: 'native' })).toBe('serve --listen 0.0.0.0:7666 --auth token\n')
  })

  it('passes any other command on', async () => {
    expect(await called({}, 'doctor', '--json')).toBe('doctor --json\n')
  })
})
