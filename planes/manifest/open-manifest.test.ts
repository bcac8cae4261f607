import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ManifestEntry, ManifestState } from '../../model/manifest.ts'
import { exec } from '../../runtime/exec.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { ada, deed, fileAt, folder, manifestAt, source } from './testing/manifests.ts'

const now = (): number => Date.parse('2026-05-03T11:00:00Z')

function entriesOf(path: string): ManifestEntry[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ManifestEntry)
}

test("a line is the seed's, in a file and a folder of its owner alone", async () => {
  const path = join(folder(), '.gemba', 'session-manifest.jsonl')
  const manifest = await manifestAt(path, { now })
  await manifest.record(deed('BOM-3: Session manifest JSONL ledger'))
  const text = readFileSync(path, 'utf8')
  expect(text.endsWith('}\n')).toBe(true)
  const [entry] = entriesOf(path)
  expect(entry).toEqual({
    event_id: expect.stringMatching(/^evt_[0-9a-z]{26}$/),
    occurred_at: '2026-05-03T11:00:00.000Z',
    actor: 'ada',
    mode: 'beads_only',
    source,
    action: 'work_item.state_changed',
    entity: { type: 'bead', id: 'gm-1', title: 'BOM-3: Session manifest JSONL ledger' },
    before: { state_category: 'staged' },
    after: { state_category: 'started' },
    summary: 'Moved BOM-3 from Staged to In Progress.',
  })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
  expect(manifest.state()).toEqual({ path, status: 'ok', why: '', lost: 0 })
})

test('git shows nothing of a folder that was made for it, and whatever else comes there', async () => {
  const where = folder()
  const git = async (...args: readonly string[]): Promise<string> =>
    (await exec(locateTool('git'), ['-C', where, ...args])).stdout
  await git('init', '-q')
  const path = join(where, '.gemba', 'session-manifest.jsonl')
  const manifest = await manifestAt(path)
  await manifest.record(deed('a'))
  expect(await git('status', '--porcelain', '--untracked-files=all')).toBe('')
  renameSync(path, `${path}.1`)
  await manifest.record(deed('b'))
  writeFileSync(join(where, '.gemba', 'gemba.toml'), '')
  expect(await git('status', '--porcelain', '--untracked-files=all')).toBe('?? .gemba/gemba.toml\n')
})

test('a folder that is there is left as it is', async () => {
  const where = join(folder(), '.gemba')
  mkdirSync(where)
  await manifestAt(join(where, 'session-manifest.jsonl'))
  expect(readdirSync(where)).toEqual(['session-manifest.jsonl'])
})

test('a folder that is there keeps its permissions', async () => {
  const where = join(folder(), 'project')
  mkdirSync(where)
  chmodSync(where, 0o755)
  await manifestAt(join(where, 'm.jsonl'))
  expect(statSync(where).mode & 0o777).toBe(0o755)
})

test('entries that come at once are written in the order they came, and told in it', async () => {
  const path = join(folder(), 'm.jsonl')
  const manifest = await manifestAt(path)
  const told: string[] = []
  manifest.onAppend((entry) => told.push(entry.entity.title))
  const titles = Array.from({ length: 250 }, (_, index) => `bead ${index}`)
  await Promise.all(titles.map((title) => manifest.record(deed(title))))
  expect(entriesOf(path).map(({ entity }) => entity.title)).toEqual(titles)
  expect(told).toEqual(titles)
})

test('an entry is one write, is on the disk before it is told, and is told before its deed goes on', async () => {
  const path = join(folder(), 'm.jsonl')
  const manifest = await manifestAt(path)
  const handle = await open(path)
  const kind = Object.getPrototypeOf(handle) as Pick<typeof handle, 'write' | 'sync'>
  await handle.close()
  const happened: string[] = []
  for (const name of ['write', 'sync'] as const) {
    const real = kind[name] as (...args: unknown[]) => Promise<unknown>
    vi.spyOn(kind, name).mockImplementation(async function (this: unknown, ...args: unknown[]) {
      const result: unknown = await real.apply(this, args)
      happened.push(name)
      return result as never
    })
  }
  onTestFinished(() => void vi.restoreAllMocks())
  manifest.onAppend(() => happened.push('told'))
  await manifest.record(deed('a'))
  happened.push('done')
  expect(happened).toEqual(['write', 'sync', 'told', 'done'])
})

test('a last line that a crash has torn is closed before the next', async () => {
  const path = join(folder(), 'm.jsonl')
  writeFileSync(path, '{"event_id":"evt_1","occ')
  const manifest = await manifestAt(path)
  await manifest.record(deed('a'))
  await manifest.record(deed('b'))
  const lines = readFileSync(path, 'utf8').split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toBe('{"event_id":"evt_1","occ')
  expect(lines[3]).toBe('')
  const page = await manifest.page({ limit: 10 })
  expect(page.items.map(({ entity }) => entity.title)).toEqual(['b', 'a'])
  expect(page.warnings).toEqual([{ line: 1, kind: 'malformed', why: expect.stringContaining('whole JSON object') }])
})

test('the same key again is recorded once, also after a restart', async () => {
  const path = join(folder(), 'm.jsonl')
  const file = fileAt(path)
  const first = await manifestAt(path, { file })
  await first.record(deed('a', { key: 'nonce-1' }))
  await first.record(deed('a', { key: 'nonce-1' }))
  await first.record(deed('b', { key: 'nonce-2' }))
  await file.close()
  const second = await manifestAt(path)
  await second.record(deed('b', { key: 'nonce-2' }))
  await second.record(deed('c', { key: 'nonce-3' }))
  await second.record(deed('d'))
  await second.record(deed('d'))
  expect(entriesOf(path).map(({ entity }) => entity.title)).toEqual(['a', 'b', 'c', 'd', 'd'])
})

test('a source that is selected is an entry', async () => {
  const path = join(folder(), 'm.jsonl')
  const manifest = await manifestAt(path)
  await manifest.connected(ada)
  expect(entriesOf(path)).toMatchObject([
    {
      action: 'source.connected',
      entity: { type: 'source', id: 'url', title: 'dolt://example/gemba' },
      summary: 'Connected to dolt://example/gemba.',
    },
  ])
})

test('while a source can only be read nothing is made, and what was is shown', async () => {
  const where = folder()
  const path = join(where, '.gemba', 'm.jsonl')
  const off = await manifestAt(path, { off: 'Gemba was started read-only.' })
  await off.connected(ada)
  expect(off.state()).toEqual({ path, status: 'off', why: 'Gemba was started read-only.', lost: 0 })
  expect(await off.retry()).toMatchObject({ status: 'off' })
  expect(() => statSync(join(where, '.gemba'))).toThrow('ENOENT')
  expect(await off.page({ limit: 5 })).toEqual({ items: [], warnings: [], cursor: null })
  const on = await manifestAt(path)
  await on.record(deed('b'))
  expect((await off.page({ limit: 5 })).items).toHaveLength(1)
})

test('a source that can be written later is recorded from then on, and one that can not be any more is off', async () => {
  const path = join(folder(), 'm.jsonl')
  const manifest = await manifestAt(path, { off: 'The login may only read.' })
  const states: string[] = []
  manifest.onState(({ status }) => states.push(status))
  manifest.access(null)
  expect(manifest.state()).toMatchObject({ status: 'ok' })
  await manifest.record(deed('a'))
  manifest.access('The login may only read.')
  manifest.access('The login may only read.')
  expect(manifest.state()).toEqual({ path, status: 'off', why: 'The login may only read.', lost: 0 })
  // Whatever was said of the source: it was changed, so it can be.
  await manifest.record(deed('b'))
  expect(manifest.state()).toMatchObject({ status: 'ok' })
  expect(entriesOf(path).map(({ entity }) => entity.title)).toEqual(['a', 'b'])
  expect(states).toEqual(['ok', 'off', 'ok'])
})

test('a file that can not be written shows as soon as the source can be', async () => {
  const path = join(folder(), 'm.jsonl')
  mkdirSync(path)
  const manifest = await manifestAt(path, { off: 'The login may only read.' })
  manifest.access(null)
  await vi.waitFor(() => expect(manifest.state()).toMatchObject({ status: 'failed', lost: 0 }))
})

test('what waits for the disk outlives a change of source, and all goes in in the order in which it came', async () => {
  const path = join(folder(), 'm.jsonl')
  mkdirSync(path)
  const file = fileAt(path)
  const before = await manifestAt(path, { file })
  await before.record(deed('a', { key: 'n1' }))
  await before.record(deed('b'))
  const after = await manifestAt(path, { file, source: { kind: 'beads_dir', display: '/work' }, off: 'Read-only.' })
  await before.close()
  expect(after.state()).toMatchObject({ status: 'failed', lost: 2 })
  const told: string[] = []
  after.onAppend(({ entity }) => told.push(entity.title))
  after.access(null)
  await after.record(deed('c'))
  const back = await manifestAt(path, { file })
  await back.record(deed('a', { key: 'n1' }))
  expect(back.state()).toMatchObject({ status: 'failed', lost: 3 })
  rmSync(path, { recursive: true })
  expect(await after.retry()).toMatchObject({ status: 'ok', lost: 0 })
  expect(entriesOf(path).map(({ entity, source: { kind } }) => `${kind} ${entity.title}`)).toEqual([
    'url a',
    'url b',
    'beads_dir c',
  ])
  // Who looks at one source hears nothing of the other.
  expect(told).toEqual(['c'])
})

test('texts are cut and say how long they were; a line is never longer than 32 KiB', async () => {
  const path = join(folder(), 'm.jsonl')
  const manifest = await manifestAt(path)
  const long = 'x'.repeat(60_000)
  await manifest.record(deed('a', { action: 'work_item.edited', before: { notes: '' }, after: { notes: long } }))
  const metadata = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`key ${index} ${'k'.repeat(300)}`, long]),
  )
  await manifest.record(deed('b\n\u001b[31mred', { action: 'work_item.edited', before: {}, after: { metadata } }))
  const [first, second] = entriesOf(path)
  expect(first?.after['notes']).toBe(`${'x'.repeat(1_000)}… (60000 characters)`)
  expect(second?.entity.title).toBe('b red')
  for (const line of readFileSync(path, 'utf8').split('\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(32_768)
})

test('a file that is moved away is begun anew', async () => {
  const path = join(folder(), 'm.jsonl')
  const manifest = await manifestAt(path)
  await manifest.record(deed('a'))
  renameSync(path, `${path}.1`)
  await manifest.record(deed('b'))
  expect(entriesOf(path).map(({ entity }) => entity.title)).toEqual(['b'])
})

test('two writers of one file tear no line of each other', async () => {
  const path = join(folder(), 'm.jsonl')
  const [one, two] = [await manifestAt(path), await manifestAt(path)]
  await Promise.all(Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? one : two).record(deed(`${index}`))))
  expect(entriesOf(path)).toHaveLength(200)
})

describe('a file that can not be written', () => {
  const obstacles: readonly (readonly [string, string, (path: string) => void, (path: string) => void])[] = [
    [
      'a folder',
      'There is a folder at its path.',
      (path) => mkdirSync(path),
      (path) => rmSync(path, { recursive: true }),
    ],
    [
      'a symbolic link',
      'It is a symbolic link, which is not followed.',
      (path) => symlinkSync('/etc/passwd', path),
      (path) => rmSync(path),
    ],
  ]
  test.each(obstacles)(
    'because it is %s: the state says so, and all is written once it can be',
    async (_, why, block, clear) => {
      const path = join(folder(), 'm.jsonl')
      block(path)
      const manifest = await manifestAt(path)
      expect(manifest.state()).toEqual({ path, status: 'failed', why, lost: 0 })
      const states: ManifestState[] = []
      manifest.onState((state) => states.push(state))
      await manifest.record(deed('a'))
      await manifest.record(deed('b'))
      expect(manifest.state()).toEqual({ path, status: 'failed', why, lost: 2 })
      expect(await manifest.page({ limit: 5 })).toMatchObject({
        items: [],
        warnings: [{ line: null, kind: 'unreadable' }],
      })
      clear(path)
      await manifest.record(deed('c'))
      expect(entriesOf(path).map(({ entity }) => entity.title)).toEqual(['a', 'b', 'c'])
      expect(states.map(({ status, lost }) => [status, lost])).toEqual([
        ['failed', 1],
        ['failed', 2],
        ['ok', 0],
      ])
    },
  )

  test('a part of its path is a file: nobody waits, and a retry mends it', async () => {
    const where = folder()
    writeFileSync(join(where, 'file'), '')
    const path = join(where, 'file', 'm.jsonl')
    const manifest = await manifestAt(path)
    await manifest.record(deed('a'))
    expect(manifest.state()).toEqual({ path, status: 'failed', why: 'A part of its path is not a folder.', lost: 1 })
    rmSync(join(where, 'file'))
    expect(await manifest.retry()).toEqual({ path, status: 'ok', why: '', lost: 0 })
    expect(entriesOf(path)).toHaveLength(1)
  })

  test.skipIf(process.getuid?.() === 0)('permission denied', async () => {
    const where = folder()
    chmodSync(where, 0o500)
    const manifest = await manifestAt(join(where, 'm.jsonl'))
    expect(manifest.state()).toMatchObject({ status: 'failed', why: 'Gemba may not write it: permission denied.' })
    chmodSync(where, 0o700)
    expect(await manifest.retry()).toMatchObject({ status: 'ok' })
  })

  test.skipIf(process.platform !== 'linux')('a device is no file', async () => {
    const manifest = await manifestAt('/dev/full')
    expect(manifest.state()).toMatchObject({
      status: 'failed',
      why: 'There is something at its path that is not a plain file.',
    })
  })

  test('of more than a thousand entries the last are lost, and stay counted', async () => {
    const path = join(folder(), 'm.jsonl')
    mkdirSync(path)
    const manifest = await manifestAt(path)
    await Promise.all(Array.from({ length: 1_005 }, (_, index) => manifest.record(deed(`${index}`))))
    expect(manifest.state().lost).toBe(1_005)
    rmSync(path, { recursive: true })
    // A slow disk takes longer than anybody is kept waiting.
    await manifest.retry()
    await vi.waitFor(() => expect(manifest.state()).toMatchObject({ status: 'ok', lost: 5 }), 30_000)
    expect(entriesOf(path)).toHaveLength(1_000)
  })
})

describe('reading', () => {
  test('goes back page by page, the newest first, and skips nothing', async () => {
    const path = join(folder(), 'm.jsonl')
    const manifest = await manifestAt(path)
    for (let index = 0; index < 7; index++) await manifest.record(deed(`${index}`))
    const seen: string[] = []
    let cursor: string | null | undefined
    do {
      const page = await manifest.page({ limit: 3, cursor: cursor ?? undefined })
      seen.push(...page.items.map(({ entity }) => entity.title))
      cursor = page.cursor
      await manifest.record(deed('later'))
    } while (cursor !== null)
    expect(seen).toEqual(['6', '5', '4', '3', '2', '1', '0'])
  })

  test('what is no entry is a warning with its line and why, and hides nothing else', async () => {
    const path = join(folder(), 'm.jsonl')
    const manifest = await manifestAt(path)
    await manifest.record(deed('first'))
    const good = readFileSync(path, 'utf8')
    const entry = JSON.parse(good) as Record<string, unknown>
    const bad = [
      'not json',
      '[1]',
      JSON.stringify({ ...entry, event_id: 7 }),
      JSON.stringify({ ...entry, occurred_at: 'yesterday' }),
      JSON.stringify({ ...entry, action: 'work_item.burned' }),
      JSON.stringify({ ...entry, mode: 'full' }),
      JSON.stringify({ ...entry, entity: null }),
      JSON.stringify({ ...entry, source: { kind: 'moon', display: '' } }),
      '['.repeat(60_000),
      'x'.repeat(70_000),
    ]
    appendFileSync(path, `${bad.join('\n')}\n\n  \n`)
    await manifest.record(deed('last'))
    appendFileSync(path, '{"event_id":"evt_torn","occurred_at"')
    const { items, warnings, cursor } = await manifest.page({ limit: 50 })
    expect(items.map(({ entity }) => entity.title)).toEqual(['last', 'first'])
    expect(cursor).toBe(null)
    expect(warnings.map(({ line, kind }) => `${line} ${kind}`)).toEqual([
      '15 torn',
      '11 oversized',
      ...[10, 9, 8, 7, 6, 5, 4, 3, 2].map((line) => `${line} malformed`),
    ])
    expect(warnings.map(({ why }) => why)).toContain('It is no entry: its action is not a known one.')
  })

  test('fields that it does not know are no harm, escape sequences and markup are text', async () => {
    const path = join(folder(), 'm.jsonl')
    const manifest = await manifestAt(path)
    await manifest.record(deed('x'))
    const entry = JSON.parse(readFileSync(path, 'utf8')) as ManifestEntry
    const title = '\u001b]0;owned\u0007<img src=x onerror=alert(1)>\u202e'
    const other = {
      ...{ ...entry, event_id: 'evt_other', host: 'there', v: 2 },
      entity: { ...entry.entity, title },
      after: JSON.parse('{"__proto__": {"a": 1}, "x": "\\u001b[2J!", "deep": [[[[[[[[1]]]]]]]]}') as object,
      summary: '\u001b[31mred',
    }
    appendFileSync(path, `${JSON.stringify(other)}\n`)
    const [read] = (await manifest.page({ limit: 1 })).items
    expect(read?.entity.title).toBe('<img src=x onerror=alert(1)>')
    expect(read?.after['x']).toBe('!')
    expect(read?.summary).toBe('red')
    expect(read).not.toHaveProperty('host')
    expect(JSON.stringify(read)).not.toMatch(/\\u001b|\\u0007|\u202e/)
  })

  test('shows what happened in the current source alone, and says when there is more to look through', async () => {
    const path = join(folder(), 'm.jsonl')
    const here = await manifestAt(path)
    const there = await manifestAt(path, { source: { kind: 'beads_dir', display: '/work' } })
    await here.record(deed('here'))
    await there.record(deed('there'))
    expect((await here.page({ limit: 5 })).items.map(({ entity }) => entity.title)).toEqual(['here'])
    expect((await there.page({ limit: 5 })).items.map(({ entity }) => entity.title)).toEqual(['there'])
  })

  test.each(['-1', '7', 'x', '999999', '0'])('the cursor %j is refused', async (cursor) => {
    const manifest = await manifestAt(join(folder(), 'm.jsonl'))
    await manifest.record(deed('a'))
    await expect(manifest.page({ limit: 5, cursor })).rejects.toMatchObject({ code: 'bad_request' })
  })

  test('of a hundred megabytes holds little in memory', async () => {
    const path = join(folder(), 'm.jsonl')
    const manifest = await manifestAt(path)
    await manifest.record(deed('first'))
    const line = Buffer.from(readFileSync(path, 'utf8'))
    const many = Buffer.concat(Array.from({ length: Math.ceil(2 ** 20 / line.length) }, () => line))
    for (let index = 0; index < 50; index++) appendFileSync(path, many)
    const huge = Buffer.alloc(2 ** 20, 'y')
    for (let index = 0; index < 50; index++) appendFileSync(path, huge)
    appendFileSync(path, `\nbroken\n`)
    await manifest.record(deed('last'))
    const before = process.memoryUsage()
    const newest = await manifest.page({ limit: 2 })
    const after = process.memoryUsage()
    expect(newest.items.map(({ entity }) => entity.title)).toEqual(['last'])
    expect(newest.warnings.map(({ kind }) => kind)).toEqual(['malformed', 'oversized'])
    expect((newest.warnings[0]?.line ?? 0) - (newest.warnings[1]?.line ?? 0)).toBe(1)
    const next = await manifest.page({ limit: 2, cursor: newest.cursor ?? undefined })
    expect(next.items.map(({ entity }) => entity.title)).toEqual(['first'])
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(16 * 2 ** 20)
    expect(after.heapUsed - before.heapUsed).toBeLessThan(64 * 2 ** 20)
  })
})
