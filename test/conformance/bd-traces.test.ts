import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tracesOf } from '../../planes/work/bd/traces.ts'
import { locateBd } from '../../planes/work/bd/bd-program.ts'
import { run } from '../../runtime/exec.ts'
import { makeBdFolder, type TestFolder } from '../bd/bd-folder.ts'
import { filesProblem } from '../bd/bd-program.ts'

const problem = await filesProblem()
if (problem !== undefined) console.warn(`Skipped, as ${problem}: what the files of a folder tell of writes.`)

describe.skipIf(problem !== undefined)(`the files that bd keeps${problem === undefined ? '' : `: ${problem}`}`, () => {
  let made: TestFolder
  const bd = (...args: string[]) =>
    run(locateBd(made.env), args, { cwd: made.folder.root, env: { ...made.env, BD_NON_INTERACTIVE: '1' } })
  const moved = async (act: () => Promise<unknown>): Promise<boolean> => {
    const before = await tracesOf(made.folder)
    expect(before.exact).toBe(true)
    await act()
    return (await tracesOf(made.folder)).mark !== before.mark
  }
  beforeAll(async () => {
    made = await makeBdFolder()
    for (const name of ['a', 'b']) await bd('create', name, '--id', `gm-${name}`)
  })
  afterAll(() => made.release())

  it.each([
    ['update', 'gm-a', '--title', 'other'],
    ['update', 'gm-a', '--title', 'a'],
    ['comment', 'gm-a', 'said'],
    ['dep', 'add', 'gm-a', 'gm-b'],
    ['dep', 'remove', 'gm-a', 'gm-b'],
    ['label', 'add', 'gm-a', 'l'],
    ['close', 'gm-b'],
    ['delete', 'gm-b', '--force'],
    ['create', 'a wisp', '--ephemeral'],
    ['config', 'set', 'status.custom', 'review:wip'],
  ])('tell of `bd %s %s`', async (...args) => expect(await moved(() => bd(...args))).toBe(true))

  it.each([['list'], ['show', 'gm-a'], ['ready'], ['export', '--all'], ['comments', 'gm-a'], ['config', 'list']])(
    'are silent of `bd %s`',
    async (...args) => expect(await moved(() => bd(...args, '--json'))).toBe(false),
  )
})
