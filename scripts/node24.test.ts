import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { exec } from '../runtime/exec.ts'
import { root } from './node24.mjs'

const address = 'mysql://ada:hush@127.0.0.1:1/none'

/** One of our programs as a person on an older Node runs it. */
function onNode24(...words: string[]): ReturnType<typeof exec> {
  return exec(process.execPath, [join(root, 'scripts', 'on-node24.mjs'), ...words], { cwd: root })
}

test('the address of a Beads database stands in no argument of the Node in between', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-node24-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'arguments.ts')
  writeFileSync(program, `console.log(JSON.stringify([process.argv.slice(2), process.env.GEMBA_BEADS_URL_ARGUMENT]))`)
  for (const words of [['--beads-url', address], [`--beads-url=${address}`]]) {
    const [passed, variable] = JSON.parse((await onNode24(program, 'serve', ...words, '--open')).stdout) as [
      string[],
      string,
    ]
    expect(passed.join(' ')).toMatch(/^serve --beads-url[ =]env:GEMBA_BEADS_URL_ARGUMENT --open$/)
    expect(variable).toBe(address)
  }
})

test('and the command has it all the same', async () => {
  const { code, stdout, stderr } = await onNode24('cli/gemba.ts', 'beads', 'export', '--beads-url', address)
  expect(code).toBe(1)
  expect(stderr).toContain('127.0.0.1:1')
  expect(stdout + stderr).not.toContain('hush')
})
