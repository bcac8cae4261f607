import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { validate } from 'dockerfile-utils'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { newestBdVersion } from '../../model/bd-versions.ts'
import { configKeys } from '../../runtime/config-reference.ts'
import { exec } from '../../runtime/exec.ts'
import { pinned } from '../../runtime/tools/locate.ts'
import { appPaths } from './app-folder.ts'
import { dockerfileText, packagesOf, programsOf, stage, stages } from './dockerfile.ts'

/** What the seed 001 says of the images in its section 10, by the files that make them: no engine is at hand here. */
const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

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

const ofSource = ['GEMBA_BEADS_DIR', 'GEMBA_BEADS_URL', 'GEMBA_BEADS_READ_ONLY']
const ofServer = ['GEMBA_BEADS_ONLY', 'GEMBA_CITY', 'GEMBA_TOWN', 'GEMBA_ORCHESTRATION']

describe.each([
  ['docker-compose.yml', 'standard', [...ofSource, ...ofServer]],
  ['docker-compose.quickstart.yml', 'quickstart', ofSource],
])('%s', (file, target, accepted) => {
  const compose = parse(read(file)) as Compose
  const service = compose.services['gemba'] as Service

  it('builds an image that there is', () => {
    expect(service.build).toEqual({ context: '.', target })
    expect(stages.map(({ name }) => name)).toContain(target)
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
    expect(Object.keys(service.environment)).toEqual(expect.arrayContaining(accepted))
  })

  it('mounts a worktree at /work, which GEMBA_BEADS_DIR then names', () => {
    expect(service.volumes).toContain('${GEMBA_WORK:-gemba-work}:/work')
    expect(stage(target).said('WORKDIR').at(-1)).toBe('/work')
    expect(stage(target).env).not.toHaveProperty('GEMBA_BEADS_DIR')
  })
})

describe('the Dockerfile', () => {
  it('is one that the builder understands', () => {
    expect(validate(dockerfileText).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([])
  })

  it('makes the standard image unless another is asked for', () => {
    expect(stages.at(-1)?.name).toBe('standard')
  })

  it('copies from stages that there are', () => {
    const names = stages.map(({ name }) => name)
    const from = stages.flatMap(({ copies }) => copies.flatMap((copy) => copy.from ?? []))
    expect(names).toEqual(expect.arrayContaining(from))
  })

  it('has the Dolt that Gemba gets elsewhere too', () => {
    expect(stage('dolt').image).toBe(`dolthub/dolt:${pinned.dolt}`)
  })

  it('puts what is in the build context, or made there, below /app', () => {
    const allowed = read('.dockerignore').split('\n')
    const paths = appPaths().map(({ from }) => from)
    for (const path of paths.filter((each) => !['dist', 'node_modules'].includes(each))) {
      expect(existsSync(join(root, path))).toBe(true)
      expect(allowed).toContain(`!${path.split('/')[0] ?? ''}`)
    }
    expect(paths).toEqual(expect.arrayContaining(['dist', 'deploy', 'examples', 'node_modules']))
  })
})

describe.each(['quickstart', 'standard'])('the %s image', (name) => {
  const image = stage(name)
  const programs = programsOf(image)

  it('includes the gemba command', () => {
    expect(programs['gemba']).toBe('/app/deploy/gemba.sh')
    expect(image.copies).toContainEqual({ from: 'app', words: ['/out', './'] })
  })

  it('includes the newest bd CLI that Gemba writes through, and starts it while it is built', () => {
    const verbs = image.commands.map((words) => words.join(' '))
    const install = verbs.find((verb) => verb.startsWith('npm install --global '))
    expect(install?.split(' ').at(-1)).toBe(`@beads/bd@${newestBdVersion}`)
    expect(verbs).toContain('bd version')
  })

  it('includes the CLIs of the sentinels, each by its name', () => {
    const names = readdirSync(join(root, 'agent', 'sentinels')).filter((file) => /^gemba-\w+\.ts$/.test(file))
    expect(names.length).toBeGreaterThan(0)
    for (const file of names) expect(programs[file.slice(0, -'.ts'.length)]).toBe('/app/deploy/sentinel.sh')
  })

  it('includes git, ssh, bash and tini, and Dolt for the example', () => {
    expect(packagesOf(image)).toEqual(expect.arrayContaining(['git', 'openssh-client', 'bash', 'tini']))
    expect(programs['dolt']).toBe('stage dolt')
  })

  it('names only scripts that there are, and that may be started', () => {
    const scripts = [...Object.values(programs), ...image.list('ENTRYPOINT')].filter((each) => each.startsWith('/app/'))
    expect(scripts.length).toBeGreaterThan(1)
    for (const script of scripts) {
      expect(statSync(join(root, script.slice('/app/'.length))).mode & 0o111).toBe(0o111)
    }
  })

  it('does not run as root, and keeps what lasts in /data', () => {
    expect(image.said('USER').at(-1)).toBe('1000:1000')
    expect(image.list('VOLUME')).toEqual(['/data'])
    for (const key of ['HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME']) expect(image.env[key]).toMatch(/^\/data\//)
  })

  it('passes signals on by tini, and asks its health', () => {
    const script = name === 'standard' ? 'server' : 'quickstart'
    expect(image.list('ENTRYPOINT')).toEqual(['tini', '--', `/app/deploy/${script}.sh`])
    expect(image.list('CMD')).toEqual([])
    expect(image.list('HEALTHCHECK')).toEqual(['node', '/app/deploy/healthcheck.mjs'])
  })
})

describe('the minimal image', () => {
  const image = stage('minimal')

  it('has no bd, and nothing else beside gemba', () => {
    expect(image.copies.map(({ from, words }) => [from, ...words])).toEqual([
      ['app', '/out', './'],
      ['app', '/data', '/data'],
    ])
    expect(image.commands).toEqual([])
  })

  it('has no shell, and does not run as root', () => {
    expect(image.image).toMatch(/^gcr\.io\/distroless\/nodejs24-\w+:nonroot$/)
    expect(image.said('USER')).toEqual([])
  })

  it('starts Beads-only mode and asks its health, with the Node of its base', () => {
    const node = '/nodejs/bin/node'
    expect(image.list('ENTRYPOINT')).toEqual([node, 'dist/gemba.js'])
    expect(image.list('CMD')).toEqual(['serve', '--beads-only', '--auth', 'token'])
    expect(image.list('HEALTHCHECK')).toEqual([node, 'deploy/healthcheck.mjs'])
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
