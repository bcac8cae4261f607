import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { makeBead, makeSession } from '../../testing/sample.ts'
import { createKeyReader } from './key-reader.ts'
import { foundFirst, paletteEntries } from './palette.ts'
import { useCommandRegistry, useCommands } from './registry.ts'
import type { CommandId } from './table.ts'
import { commands } from './table.ts'

/** Where the commands of a group can be used; of the others, everywhere. Those that never meet may share a key. */
const pages: Readonly<Record<string, readonly string[]>> = {
  Board: ['board', 'backlog'],
  Graph: ['board'],
  Backlog: ['backlog'],
  Inbox: ['inbox'],
  Session: ['session'],
}

function meet(a: string, b: string): boolean {
  const [ofA, ofB] = [pages[a], pages[b]]
  return ofA === undefined || ofB === undefined || ofA.some((page) => ofB.includes(page))
}

function makeReader(available: (id: CommandId) => boolean = () => true) {
  const ran: CommandId[] = []
  const state = { singleKeys: true }
  const reader = createKeyReader(commands, {
    singleKeys: () => state.singleKeys,
    run({ id }) {
      if (!available(id)) return false
      ran.push(id)
      return true
    },
  })
  const press = (chord: string, typing = false, at = 0): boolean =>
    chord
      .split(' ')
      .map((word) =>
        reader.press({
          key: word.replace(/^(Mod|Shift)\+/, ''),
          mod: word.startsWith('Mod+'),
          shift: word.startsWith('Shift+'),
          typing,
          at,
        }),
      )
      .at(-1) ?? false
  return { ran, press, reader, state }
}

describe('the table', () => {
  it('has a chord that fires for every key it prints', () => {
    for (const command of commands) {
      for (const keys of command.keys) {
        const { ran, press } = makeReader((id) => id === command.id)
        expect(press(keys), keys).toBe(true)
        expect(ran).toEqual([command.id])
      }
    }
  })

  it('gives no chord to two commands of one page', () => {
    for (const a of commands) {
      for (const b of commands) {
        const shared = a.keys.filter((keys) => (b.keys as readonly string[]).includes(keys))
        if (a.id !== b.id && meet(a.group, b.group)) expect(shared, `${a.id} and ${b.id}`).toEqual([])
      }
    }
  })
})

describe('keys', () => {
  it('are left alone while somebody writes, but for Mod', () => {
    const { ran, press } = makeReader()
    expect(press('c', true)).toBe(false)
    expect(press('Mod+k', true)).toBe(true)
    expect(ran).toEqual(['palette.open'])
  })

  it('can be switched off when single; arrows and Escape stay', () => {
    const { ran, press, state } = makeReader()
    state.singleKeys = false
    press('g b')
    press('m')
    press('ArrowDown')
    expect(ran).toEqual(['board.down'])
  })

  it('forget a chord that was begun long ago', () => {
    const { ran, reader } = makeReader()
    reader.press({ key: 'g', mod: false, typing: false, at: 0 })
    reader.press({ key: 'b', mod: false, typing: false, at: 5_000 })
    expect(ran).toEqual([])
  })

  it('go to the page when nobody answers', () => {
    expect(makeReader(() => false).press('ArrowDown')).toBe(false)
  })
})

it('the newest answer counts, and leaves with its component', () => {
  setActivePinia(createPinia())
  const registry = useCommandRegistry()
  const told: string[] = []
  registry.register('help.open', () => void told.push('page'))
  const leave = registry.register('help.open', () => void told.push('dialog'))
  registry.run('help.open')
  leave()
  registry.run('help.open')
  expect(told).toEqual(['dialog', 'page'])
  expect(registry.available.map((command) => command.id)).toEqual(['help.open'])
  expect(registry.run('palette.open')).toBe(false)
})

it('a component answers only while it can, and no longer once it is gone', async () => {
  setActivePinia(createPinia())
  const registry = useCommandRegistry()
  const can = ref(false)
  const component = effectScope()
  component.run(() => useCommands({ 'bead.new': () => undefined, 'help.open': () => undefined }, () => can.value))
  expect(registry.available).toEqual([])
  can.value = true
  await nextTick()
  expect(registry.available.map(({ id }) => id)).toEqual(['bead.new', 'help.open'])
  expect(registry.run('bead.new')).toBe(true)
  can.value = false
  await nextTick()
  expect(registry.run('bead.new')).toBe(false)
  can.value = true
  await nextTick()
  component.stop()
  expect(registry.available).toEqual([])
})

it('the palette finds commands by synonym, sessions and beads by words', () => {
  const beads = [makeBead('b-1', 'Mail queue', { status: 'closed' }), makeBead('b-2', 'Mail merge')]
  const sessions = [makeSession('s1', 'b-2', 'Mail merge')]
  const found = (text: string) => paletteEntries(text, commands, sessions, beads).map((entry) => entry.id)
  expect(found('kanban')).toEqual(['go.board', 'board.kanban'])
  expect(found('mail')).toEqual(['s1', 'b-2', 'b-1'])
  expect(found('anban')).toEqual([])
})

it('of thousands that were found the palette takes as many as it shows, open ones first', () => {
  const beads = Array.from({ length: 9_000 }, (_, at) =>
    makeBead(`b-${at}`, 'Found', { status: at < 8_990 ? 'closed' : 'open' }),
  )
  const byId = new Map(beads.map((bead) => [bead.id, bead]))
  const first = foundFirst(['gone', ...byId.keys()], (id) => byId.get(id)).map(({ id }) => id)
  expect(first).toHaveLength(40)
  expect(first.slice(8, 12)).toEqual(['b-8998', 'b-8999', 'b-0', 'b-1'])
})
