import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { doubleBd, type DoubleBd } from '../../../test/bd/double-bd.ts'
import { exec } from '../../../runtime/exec.ts'
import { bdProgram, type BdOptions, type BdProgram } from './bd-program.ts'
import { requireBeads } from './discover-beads.ts'

const releases: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

async function open(script: string, more: Partial<BdOptions> = {}): Promise<{ double: DoubleBd; bd: BdProgram }> {
  const double = await doubleBd(script)
  releases.push(() => double.release())
  const bd = bdProgram({ folder: await requireBeads(double.root), env: double.env, ...more })
  releases.push(() => bd.close())
  return { double, bd }
}

describe('running bd', () => {
  it('kills one that hangs, with all that it started', async () => {
    const script = 'sleep 600 & echo $! > "$ROOT/child"; sleep 600 & wait'
    const { double, bd } = await open(script, { timeoutMs: 1_000 })
    await expect(bd.run(['export'])).rejects.toMatchObject({ code: 'bd_hung', params: { seconds: '1' } })
    const child = Number(await readFile(join(double.root, 'child'), 'utf8'))
    await expect.poll(() => isRunning(child)).toBe(false)
  })

  it('ends what runs when it is closed', async () => {
    const { bd, double } = await open('echo started > "$ROOT/begun"; sleep 600')
    const run = expect(bd.run(['export'])).rejects.toMatchObject({ code: 'work_plane_unavailable' })
    await expect.poll(() => readFile(join(double.root, 'begun'), 'utf8').catch(() => '')).toBe('started\n')
    bd.close()
    await run
  })

  it('lets no text become a flag, and none that has a file be seen among the processes', async () => {
    const script =
      'for each in "$@"; do case "$each" in --body-file=*) cat "${each#*=}" > "$ROOT/body";; esac; done; echo {}'
    const { double, bd } = await open(script)
    const files = { '--body-file': 'secret plan\r\n' }
    await bd.run(['update', '--json', '--title=--help'], ['--version'], { actor: '--Ada', files })
    const [args = []] = await double.runs()
    const [file = ''] = args.splice(3, 1)
    expect(args).toEqual(['update', '--json', '--title=--help', '--actor=--Ada', '--', '--version'])
    expect(await readFile(join(double.root, 'body'), 'utf8')).toBe('secret plan\r\n')
    await expect(readFile(file.slice('--body-file='.length))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('gives bd the folder and nothing of ours', async () => {
    const env = { GEMBA_TOKEN: 'ours', CLAUDE_SESSION_ID: 's', BEADS_ACTOR: 'nobody', BEADS_DOLT_PASSWORD: 'p' }
    const double = await doubleBd('env')
    releases.push(() => double.release())
    const bd = bdProgram({ folder: await requireBeads(double.root), env: { ...double.env, ...env } })
    releases.push(() => bd.close())
    const lines = (await bd.run(['where'])).split('\n')
    const folder = await requireBeads(double.root)
    expect(lines).toEqual(expect.arrayContaining([`BEADS_DIR=${folder.beads}`, 'BD_JSON_ENVELOPE=1']))
    expect(lines).toEqual(expect.arrayContaining(['BD_NON_INTERACTIVE=1', 'BEADS_DOLT_PASSWORD=p']))
    expect(lines.filter((line) => /^(GEMBA_|CLAUDE_|BEADS_ACTOR)/.test(line))).toEqual([])
  })

  it('lets bd start no server in the place of one that the folder names', async () => {
    const names = { dolt_server_host: '127.0.0.1', dolt_server_port: 3307 }
    const lines = async (metadata: object): Promise<string[]> => {
      const double = await doubleBd('env')
      releases.push(() => double.release())
      await writeFile(join(double.root, '.beads', 'metadata.json'), JSON.stringify(metadata))
      const bd = bdProgram({ folder: await requireBeads(double.root), env: double.env })
      releases.push(() => bd.close())
      return (await bd.run(['where'])).split('\n')
    }
    expect(await lines({ dolt_mode: 'server', ...names })).toContain('BEADS_DOLT_AUTO_START=0')
    expect(await lines({ dolt_mode: 'server' })).not.toContain('BEADS_DOLT_AUTO_START=0')
  })

  it('takes what stands on stderr beside an answer for a warning', async () => {
    const { bd } = await open(`echo 'warning: beads.role not configured' >&2; echo '{"id":"gm-1"}'`)
    expect(await bd.run(['create', '--json'])).toBe('{"id":"gm-1"}\n')
  })

  it('tries a conflict again, and not what is refused', async () => {
    const conflict = 'Error updating gm-1: Error 1213 (40001): serialization failure'
    const { double, bd } = await open(
      `if [ -e "$ROOT/again" ]; then echo '{}'; else : > "$ROOT/again"; echo '${conflict}' >&2; exit 1; fi`,
    )
    expect(await bd.run(['update', '--json'], ['gm-1'])).toBe('{}\n')
    expect(await double.runs()).toHaveLength(2)
    const refusing = await open(`echo '{"error":"invalid status"}'; exit 1`)
    await expect(refusing.bd.run(['update'])).rejects.toMatchObject({ code: 'bead_invalid' })
    expect(await refusing.double.runs()).toHaveLength(1)
  })

  it('takes silence with an error beside it for a failure, in spite of the code 0', async () => {
    const { bd } = await open(`echo 'Error resolving gm-x: no issue found matching "gm-x"' >&2`)
    await expect(bd.run(['label', 'add', '--json'], ['gm-x', 'l'])).rejects.toMatchObject({ code: 'bead_not_found' })
  })

  it('never has more than two at once', async () => {
    const script = 'mkdir "$ROOT/run.$$"; ls -d "$ROOT"/run.* | wc -l >> "$ROOT/most"; sleep 0.2; rmdir "$ROOT/run.$$"'
    const { bd, double } = await open(script)
    await Promise.all(Array.from({ length: 6 }, () => bd.run(['ready'])))
    const counts = (await readFile(join(double.root, 'most'), 'utf8')).trim().split('\n').map(Number)
    expect(counts).toHaveLength(6)
    expect(Math.max(...counts)).toBeLessThanOrEqual(2)
  })

  it('says where to get it when it is not there', async () => {
    const { double } = await open('true')
    const folder = await requireBeads(double.root)
    expect(() => bdProgram({ folder, env: { PATH: '/nowhere' } })).toThrow('bd was not found')
  })
})

/** Nobody may have asked yet how one ended that is over. */
async function isRunning(pid: number): Promise<boolean> {
  const { stdout } = await exec('ps', ['-o', 'state=', '-p', String(pid)])
  return !['', 'Z'].includes(stdout.trim().slice(0, 1))
}
