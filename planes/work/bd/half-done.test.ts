import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { WorkPlane } from '../../../model/work-plane.ts'
import { answeringBd, doubleBd, type DoubleBd } from '../../../test/bd/double-bd.ts'
import { openBdFolder } from './open-bd-folder.ts'

const by = { actor: { name: 'Ada', via: 'console' } } as const
const times = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' }
const bead = { id: 'gm-1', title: 'first', status: 'open', priority: 2, issue_type: 'task', ...times }

/** Ends with 0 whatever it has left out; `$ROOT/shown` is all that it shows, `$ROOT/about` whom it says to have updated. */
const script = `
case "$1" in
  create) echo 'warning: failed to add label' >&2; echo '{"id":"gm-1"}'; exit;;
  show) cat "$ROOT/shown"; exit;;
  update|close) echo '[{"id":"'$(cat "$ROOT/about")'"}]'; exit;;
esac
${answeringBd()}`

async function open(shown: readonly object[], about = 'gm-1'): Promise<{ plane: WorkPlane; double: DoubleBd }> {
  const double = await doubleBd(script)
  onTestFinished(() => double.release())
  const texts = { title: 'first', shown: JSON.stringify(shown), about }
  for (const [name, text] of Object.entries(texts)) await writeFile(join(double.root, name), text)
  const { plane } = await openBdFolder({ folder: double.root, env: double.env })
  onTestFinished(() => plane.disconnect())
  return { plane, double }
}

const written = async (double: DoubleBd, command: string): Promise<string[][]> =>
  (await double.runs()).filter(([first]) => first === command)

it('what `bd create` only warned of is written after it', async () => {
  const { plane, double } = await open([bead])
  await plane.create({ title: 'first', labels: ['a', 'b'], status: 'blocked' }, by)
  const [update = [], ...more] = await written(double, 'update')
  expect(more).toEqual([])
  expect(update).toEqual(expect.arrayContaining(['--add-label="a","b"', '--status=blocked', '--', 'gm-1']))
})

it('an answer about another bead is a failure, though it ends with 0', async () => {
  const { plane } = await open([bead], 'gm-2')
  const refusal = { code: 'bd_failed', params: { why: 'it answered about gm-2 instead of gm-1' } }
  await expect(plane.update('gm-1', { title: 'x' }, by)).rejects.toMatchObject(refusal)
  await expect(plane.close('gm-1', { reason: 'x' }, by)).rejects.toMatchObject(refusal)
})

it('of several beads that are asked for, those that bd leaves out are not there', async () => {
  const { plane, double } = await open([{ ...bead, id: 'gm-11' }])
  await expect(plane.get('gm-1')).rejects.toMatchObject({ code: 'bead_not_found' })
  await expect(plane.update('gm-1', { title: 'x' }, by)).rejects.toMatchObject({ code: 'bead_not_found' })
  expect(await written(double, 'update')).toEqual([])
})

it('a bead is never updated without its id', async () => {
  const { plane, double } = await open([bead])
  await plane.update('gm-1', { title: 'x' }, by)
  await expect(plane.update('', { title: 'x' }, by)).rejects.toMatchObject({ code: 'bead_not_found' })
  for (const run of await written(double, 'update')) expect(run.slice(-2)).toEqual(['--', 'gm-1'])
})

it('a closed bead keeps its reason', async () => {
  const { plane, double } = await open([{ ...bead, status: 'closed', close_reason: 'the first' }])
  expect((await plane.close('gm-1', { reason: 'another' }, by)).closeReason).toBe('the first')
  expect(await written(double, 'close')).toEqual([])
})

it('a reason is told by the one flag that all tested versions know', async () => {
  const { plane, double } = await open([bead])
  await plane.close('gm-1', { reason: '--done "well"' }, by)
  expect(await written(double, 'close')).toEqual([
    ['close', '--json', '--reason=--done "well"', '--actor=Ada', '--', 'gm-1'],
  ])
})
