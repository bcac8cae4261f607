import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WorkPlane } from '../../model/work-plane.ts'
import { bdProgram } from '../../planes/work/bd/bd-program.ts'
import { initialiseBeads } from '../../planes/work/bd/initialise-beads.ts'
import { openBdFolder } from '../../planes/work/bd/open-bd-folder.ts'
import { makeBdFolder, type TestFolder } from '../bd/bd-folder.ts'
import { filesProblem } from '../bd/bd-program.ts'

const problem = await filesProblem()
if (problem !== undefined) console.warn(`Skipped, as ${problem}: a folder that bd keeps in files.`)
const by = { actor: { name: 'Ada', via: 'console' } } as const

describe.skipIf(problem !== undefined)(
  `a folder that bd keeps in files${problem === undefined ? '' : `: ${problem}`}`,
  () => {
    let made: TestFolder
    let plane: WorkPlane
    beforeAll(async () => {
      made = await makeBdFolder()
      plane = (await openBdFolder({ folder: made.folder.root, env: made.env })).plane
    })
    afterAll(async () => {
      await plane.disconnect()
      await made.release()
    })

    it('was made without instructions, hooks and an export that brings back old states', async () => {
      const [names, inside] = [await readdir(made.folder.root), await readdir(made.folder.beads)]
      for (const name of ['AGENTS.md', 'CLAUDE.md', '.claude', '.git']) expect(names).not.toContain(name)
      expect(inside).not.toContain('issues.jsonl')
      expect(await readFile(join(made.folder.beads, 'config.yaml'), 'utf8')).toMatch(/^export\.auto: false$/m)
      await plane.create({ title: 'first' }, by)
      expect(await readdir(made.folder.beads)).not.toContain('issues.jsonl')
    })

    it('is found again instead of made twice, and refuses a prefix that is none', async () => {
      expect(await initialiseBeads(made.folder.root, { prefix: 'other', env: made.env })).toEqual(made.folder)
      const bad = initialiseBeads(dirname(made.folder.root), { prefix: '--x', env: made.env })
      await expect(bad).rejects.toMatchObject({ code: 'bad_request' })
    })

    it('keeps a title that looks like a flag, and finds ids only whole', async () => {
      const bead = await plane.create({ title: '--help', labels: ['a,b', '--x'], description: '@file' }, by)
      expect(bead).toMatchObject({ title: '--help', labels: ['--x', 'a,b'], description: '@file' })
      await expect(plane.get(bead.id.slice(0, -1))).rejects.toMatchObject({ code: 'bead_not_found' })
      await expect(plane.get(bead.id.replace('gm-', ''))).rejects.toMatchObject({ code: 'bead_not_found' })
    })

    it('does not overwrite a bead whose id is chosen again', async () => {
      const bead = await plane.create({ title: 'kept', id: 'gm-kept' }, by)
      await expect(plane.create({ title: 'other', id: 'gm-kept' }, by)).rejects.toMatchObject({ code: 'bead_exists' })
      expect((await plane.get(bead.id)).title).toBe('kept')
    })

    it('is refused by bd itself when it is opened for reading only', async () => {
      const bd = bdProgram({ folder: made.folder, env: made.env, readOnly: true })
      await expect(bd.run(['create', '--json', '--title=never'])).rejects.toMatchObject({ code: 'read_only' })
      bd.close()
      const { plane: reading } = await openBdFolder({ folder: made.folder.root, env: made.env, readOnly: true })
      expect((await reading.list()).map((bead) => bead.title)).not.toContain('never')
      expect(await reading.remote?.()).toMatchObject({ configured: false })
      await reading.disconnect()
    })

    it('finds again what a try that was broken off has made', async () => {
      const write = { ...by, key: 'broken-off' }
      const first = await plane.create({ title: 'once' }, write)
      const comment = await plane.comment(first.id, 'said once', write)
      const journal = join(made.folder.beads, 'gemba.lock', 'writes.jsonl')
      const lines = (await readFile(journal, 'utf8')).split('\n').filter((line) => line.includes('"at"'))
      await writeFile(journal, `${lines.join('\n')}\n`)
      expect((await plane.create({ title: 'once' }, write)).id).toBe(first.id)
      expect((await plane.comment(first.id, 'said once', write)).id).toBe(comment.id)
      expect((await plane.get(first.id)).comments).toHaveLength(1)
    })

    it('tells of its remote without secrets, and takes one', async () => {
      expect(await plane.remote?.()).toMatchObject({ configured: false })
      const target = join(made.folder.root, 'remote')
      await mkdir(target)
      const remote = await plane.setRemote?.({ name: 'origin', url: `file://${target}` }, by)
      expect(remote).toMatchObject({ configured: true, name: 'origin', reachable: 'yes' })
      for (const url of ['https://me:secret@127.0.0.1/x', 'https://secret@127.0.0.1/x', 'http://127.0.0.1:1/%zz']) {
        await expect(plane.setRemote?.({ name: 'origin', url }, by)).rejects.toMatchObject({ code: 'remote_invalid' })
        expect(await plane.remote?.()).toMatchObject({ display: `file://${target}` })
      }
      const other = await plane.setRemote?.({ name: 'origin', url: 'http://127.0.0.1:1/x' }, by)
      expect(other).toMatchObject({ display: 'http://127.0.0.1:1/x', reachable: 'no' })
    })
  },
)
