import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { WorkPlane } from '../../../model/work-plane.ts'
import { run } from '../../../runtime/exec.ts'
import { answeringBd, doubleBd, type DoubleBd } from '../../../test/bd/double-bd.ts'
import { openBdFolder } from './open-bd-folder.ts'

const by = { actor: { name: 'Ada', via: 'console' } } as const

/**
 * Creates as bd does: an id that is there is written over, and the next number below a parent is looked up, and only taken
 * some time later. `$ROOT/shown` and `$ROOT/exported` hold a file for each bead; `$ROOT/beside` tells of a creation that
 * began before another had ended.
 */
const keepingBd = `
case "$1" in
  create)
    id=gm-new parent= edges=
    for each in "$@"; do case "$each" in
      --id=*) id="\${each#*=}";; --parent=*) parent="\${each#*=}";; --title=*) title="\${each#*=}";;
    esac; done
    mkdir "$ROOT/creating" || echo "$title" >> "$ROOT/beside"
    if [ -n "$parent" ]; then
      number=1
      while [ -e "$ROOT/shown/$parent.$number" ]; do number=$((number + 1)); done
      id="$parent.$number"
    fi
    sleep 0.3
    times='"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"'
    start='{"_type":"issue","id":"'$id'","title":"'$title'","status":"open","priority":2,"issue_type":"task",'$times
    [ -n "$parent" ] && edges='{"id":"'$parent'","dependency_type":"parent-child",'$times'}'
    printf '%s,"dependencies":[%s]}\\n' "$start" "$edges" > "$ROOT/shown/$id"
    [ -n "$parent" ] && edges='{"depends_on_id":"'$parent'","type":"parent-child","created_at":"2026-01-01T00:00:00Z"}'
    printf '%s,"dependencies":[%s]}\\n' "$start" "$edges" > "$ROOT/exported/$id"
    rmdir "$ROOT/creating"
    echo '{"id":"'$id'"}'; exit;;
  show)
    for each in "$@"; do case "$each" in --id=*) found="$found $ROOT/shown/\${each#*=}";; esac; done
    printf '['; cat $found 2> /dev/null | paste -sd, -; echo ']'; exit;;
  export) cat "$ROOT"/exported/* 2> /dev/null; exit 0;;
esac
${answeringBd()}`

interface Bench {
  readonly double: DoubleBd
  /** Opens the folder once more, as another process of Gemba would. */
  readonly open: () => Promise<WorkPlane>
  /** The creations that bd was told of, each as its flags. */
  readonly creations: () => Promise<string[][]>
  readonly titleOf: (id: string) => Promise<string>
}

async function bench(): Promise<Bench> {
  const double = await doubleBd(keepingBd)
  onTestFinished(() => double.release())
  for (const folder of ['shown', 'exported']) await mkdir(join(double.root, folder))
  return {
    double,
    open: async () => {
      const { plane } = await openBdFolder({ folder: double.root, env: double.env })
      onTestFinished(() => plane.disconnect())
      return plane
    },
    creations: async () => (await double.runs()).filter(([command]) => command === 'create'),
    titleOf: async (id) =>
      (JSON.parse(await readFile(join(double.root, 'shown', id), 'utf8')) as { title: string }).title,
  }
}

/** Another program makes a bead, of which no Gemba knows yet. */
async function makeBeside({ double }: Bench, id: string, title: string): Promise<void> {
  await run(double.env['GEMBA_BD'] ?? '', ['create', `--id=${id}`, `--title=${title}`], { env: double.env })
}

const exists = (bead: string): object => ({ code: 'bead_exists', params: { bead } })

it('an id that is there is never passed to bd, which would write over its bead', async () => {
  const at = await bench()
  const plane = await at.open()
  await plane.create({ title: 'kept', id: 'gm-kept' }, by)
  await expect(plane.create({ title: 'other', id: 'gm-kept' }, by)).rejects.toMatchObject(exists('gm-kept'))
  expect(await at.titleOf('gm-kept')).toBe('kept')
  expect(await at.creations()).toHaveLength(1)
})

it('nor is one that another program made since the last look', async () => {
  const at = await bench()
  const plane = await at.open()
  expect(await plane.list()).toEqual([])
  await makeBeside(at, 'gm-theirs', 'theirs')
  await expect(plane.create({ title: 'ours', id: 'gm-theirs' }, by)).rejects.toMatchObject(exists('gm-theirs'))
  expect(await at.titleOf('gm-theirs')).toBe('theirs')
  expect(await at.creations()).toHaveLength(1)
})

it('one of two creations with an id gets it, however they meet', async () => {
  const at = await bench()
  const planes = [await at.open(), await at.open()]
  const tries = planes.map((plane, index) => plane.create({ title: `try ${index}`, id: 'gm-one' }, by))
  const ends = await Promise.allSettled(tries)
  const made = ends.findIndex((end) => end.status === 'fulfilled')
  expect(ends[1 - made]).toMatchObject({ status: 'rejected', reason: exists('gm-one') })
  expect(await at.titleOf('gm-one')).toBe(`try ${made}`)
  expect(await at.creations()).toHaveLength(1)
})

it('a creation without an id passes none, and lets bd choose it', async () => {
  const at = await bench()
  const plane = await at.open()
  expect((await plane.create({ title: 'new' }, by)).id).toBe('gm-new')
  expect((await at.creations()).flat().filter((flag) => flag.startsWith('--id'))).toEqual([])
})

/** Creates a child in a process of its own, and prints its id. */
const elsewhere = `
import { openBdFolder } from ${JSON.stringify(new URL('./open-bd-folder.ts', import.meta.url).href)}
const [folder, program, title] = process.argv.slice(1)
const { plane } = await openBdFolder({ folder, env: { ...process.env, GEMBA_BD: program } })
process.stdout.write((await plane.create({ title, parent: 'gm-new' }, ${JSON.stringify(by)})).id)
await plane.disconnect()`

it('creations below one parent go one after the other, in all processes, and each gets its own number', async () => {
  const at = await bench()
  const { root, env } = at.double
  const planes = [await at.open(), await at.open()]
  await planes[0]?.create({ title: 'parent' }, by)
  const here = planes.flatMap((plane, index) =>
    ['a', 'b'].map(async (name) => (await plane.create({ title: `${name}${index}`, parent: 'gm-new' }, by)).id),
  )
  const program = ['--input-type=module', '--disable-warning=ExperimentalWarning', '--eval', elsewhere]
  const others = ['c', 'd'].map((name) => run(process.execPath, [...program, root, env['GEMBA_BD'] ?? '', name]))
  const ids = await Promise.all([...here, ...others])
  const numbered = Array.from({ length: 6 }, (_, index) => `gm-new.${index + 1}`)
  expect(ids.sort()).toEqual(numbered)
  expect((await readdir(join(root, 'shown'))).sort()).toEqual(['gm-new', ...numbered])
  expect((await Promise.all(numbered.map(at.titleOf))).sort()).toEqual(['a0', 'a1', 'b0', 'b1', 'c', 'd'])
  expect(existsSync(join(root, 'beside'))).toBe(false)
})
