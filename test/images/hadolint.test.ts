import { describe, expect, it } from 'vitest'
import { exec, type ExecResult } from '../../runtime/exec.ts'
import { dockerfileName } from './dockerfile.ts'
import { hadolint } from './hadolint.ts'

const { program = '', why } = await hadolint()
if (why !== '') console.warn(`Skipped, as ${why}: what hadolint says of the Dockerfile.`)

describe.skipIf(why !== '')(`hadolint${why === '' ? '' : `: ${why}`}`, () => {
  const findings = (...flags: string[]): Promise<ExecResult> =>
    exec(program, ['--format=tty', '--no-color', '--failure-threshold=style', ...flags, dockerfileName])

  it('has nothing to say of the Dockerfile and of the shell in it', async () => {
    expect(await findings()).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  it('is kept from one thing alone: versions of packages of the distribution, which vanish from its archive', async () => {
    const { stdout } = await findings('--disable-ignore-pragma')
    expect([...stdout.matchAll(/^\S+:\d+ (\S+)/gm)].map(([, code]) => code)).toEqual(['DL3008'])
  })
})
