/** The keyboard help in Chromium: every key that it lists works where it lists it, and what does not work it leaves out. */
import { describe, expect, it } from 'vitest'
import { commands } from './src/commands/table.ts'
import { profileOf } from '../model/mode.ts'
import { ConsoleBench, see } from './testing/console-bench.ts'

const bench = new ConsoleBench()

/** What the help lists, by command. */
async function listed(): Promise<string[]> {
  await bench.page.keyboard.press('?')
  const help = bench.page.getByRole('dialog', { name: 'Keyboard' })
  await see(help).toBeVisible()
  const ids = await help
    .locator('[data-command]')
    .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-command') ?? ''))
  await bench.page.keyboard.press('Escape')
  await see(help).toHaveCount(0)
  return ids
}

async function openAnew(path: string): Promise<void> {
  await bench.page.goto(`${bench.api.url}${path}`)
  await see(bench.page.locator('[data-connection]')).toHaveText('live')
}

/** Presses a chord, and tells whether the console used it. */
async function uses(chord: string): Promise<boolean> {
  await bench.page.evaluate(() => {
    const told = window as unknown as { used?: boolean }
    delete told.used
    window.addEventListener('keydown', (event) => (told.used = event.defaultPrevented))
  })
  for (const press of chord.split(' ')) await bench.page.keyboard.press(press.replace('Mod+', 'Control+'))
  return bench.page.evaluate(() => (window as unknown as { used?: boolean }).used === true)
}

interface View {
  readonly path: string
  /** What has the focus. */
  readonly focus: string
  /** Some that are listed there, so that none is lost. */
  readonly has: readonly string[]
  readonly hasNot: readonly string[]
}

const views: Readonly<Record<string, View>> = {
  'a flat board': {
    path: '/board?layout=flat',
    focus: '[data-rows] [data-card]',
    has: ['board.down', 'board.move', 'board.select', 'board.search', 'board.views', 'bead.new'],
    hasNot: ['board.left', 'board.right', 'graph.fit', 'backlog.stage', 'inbox.down', 'session.release', 'panel.close'],
  },
  'a cascade': {
    path: '/board?layout=cascade',
    focus: '[data-rows] [data-card]',
    has: ['board.left', 'board.right', 'board.select-down'],
    hasNot: ['graph.fit', 'backlog.edit'],
  },
  lanes: {
    path: '/board?layout=kanban',
    focus: '[data-lane="unstarted"] [data-card]',
    has: ['board.left', 'board.move', 'board.select-all'],
    hasNot: ['graph.fit', 'backlog.edit'],
  },
  'a graph': {
    path: '/board?layout=graph&around=lan-8',
    focus: '[data-graph] [data-card]',
    has: ['graph.fit', 'graph.zoom-in', 'board.down', 'graph.list'],
    hasNot: ['board.select', 'backlog.raise'],
  },
  'a backlog': {
    path: '/backlog',
    focus: '[data-rows] [data-card]',
    has: ['backlog.stage', 'backlog.edit', 'backlog.raise', 'backlog.lower', 'board.move', 'board.select'],
    hasNot: ['board.left', 'board.flat', 'board.search', 'graph.zoom-in'],
  },
  'the panel of a bead': {
    path: '/board/lan-9',
    focus: 'aside [role="tab"]',
    has: ['panel.close'],
    hasNot: ['backlog.stage'],
  },
  'the panel of the project': {
    path: '/hosts?panel=status',
    focus: 'aside [role="tab"]',
    has: ['panel.close', 'go.board', 'go.backlog', 'panel.status'],
    hasNot: ['board.down', 'board.select-all', 'panel.history'],
  },
  'an inbox': { path: '/inbox', focus: 'h1', has: ['inbox.down', 'inbox.up'], hasNot: ['board.down', 'panel.close'] },
  'a session': { path: '/sessions/s1', focus: 'main', has: ['help.open'], hasNot: ['session.release', 'board.down'] },
}

/** They mean a card with the focus, which not all of these views have. */
const ofCards = commands
  .filter((command) => command.group === 'Board' && 'keysOnly' in command)
  .map(({ id }) => id as string)

describe('lists keys that work', () => {
  it.each(Object.entries(views))('in %s', async (name, { path, focus, has, hasNot }) => {
    await bench.signIn(path)
    await see(bench.page.getByText(/^(Reading|Loading) .*…$/)).toHaveCount(0)
    await see(bench.page.locator(focus).first()).toBeAttached()
    const ids = await listed()
    expect(ids).toEqual(expect.arrayContaining([...has]))
    expect(ids.filter((id) => hasNot.includes(id))).toEqual([])
    const pressed = commands.filter(({ id, group }) => {
      if (!ids.includes(id) || (ofCards.includes(id) && !focus.includes('data-card'))) return false
      return name === 'a flat board' || !['Go to', 'General'].includes(group)
    })
    for (const { id, keys } of pressed) {
      for (const chord of keys) {
        await openAnew(path)
        await bench.page.locator(focus).first().focus()
        expect(await uses(chord), `${chord} for ${id}`).toBe(true)
      }
    }
  })
})

it('leaves out what a read-only Beads-only console has not', async () => {
  bench.api.offer(profileOf('beads_only', true))
  await bench.signIn('/backlog')
  await see(bench.page.getByRole('grid')).toBeVisible()
  const ids = await listed()
  expect(ids).toEqual(expect.arrayContaining(['panel.history', 'board.down', 'go.board']))
  const absent = [
    'bead.new',
    'backlog.stage',
    'board.select',
    'board.select-all',
    'go.sessions',
    'go.inbox',
    'go.hosts',
  ]
  expect(ids.filter((id) => absent.includes(id))).toEqual([])
})

it('leaves out what has nothing to work on', async () => {
  bench.api.empty()
  await bench.signIn('/board?layout=kanban')
  await see(bench.page.getByRole('heading', { name: 'No beads yet' })).toBeVisible()
  const ids = await listed()
  expect(ids.filter((id) => ['board.down', 'board.move', 'board.select', 'board.select-all'].includes(id))).toEqual([])
})

it('lists no single letters once they are switched off, and none of them works', async () => {
  await bench.signIn('/board?layout=flat')
  await bench.page.keyboard.press('?')
  const help = bench.page.getByRole('dialog', { name: 'Keyboard' })
  await help.getByRole('checkbox').uncheck()
  await see(help.locator('[data-command="bead.new"]')).toHaveCount(0)
  await see(help.locator('[data-command="board.down"] kbd')).toHaveText(['↓'])
  await see(help.locator('[data-command="palette.open"]')).toBeVisible()
  await bench.page.keyboard.press('Escape')
  await see(help).toHaveCount(0)
  expect(await uses('c')).toBe(false)
  expect(await uses('j')).toBe(false)
})
