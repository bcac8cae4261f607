import type { ComputedRef, Ref } from 'vue'
import { nextTick } from 'vue'
import { useCommands } from '../commands/registry.ts'
import type { Direction, Lanes } from '../domain/board.ts'
import { neighbour } from '../domain/board.ts'
import { lanes as laneOrder } from '../domain/words.ts'
import { useSelection } from '../stores/selection.ts'
import { useProfile } from './use-profile.ts'

export interface BoardKeys {
  readonly lanes: ComputedRef<Lanes>
  /** The card that the keyboard is on. */
  readonly current: Ref<string | null>
  /** Scrolls until a card is drawn; false when there is none. */
  readonly reveal: (bead: string) => boolean
  readonly menu: (bead: string, anchor: HTMLElement) => void
}

/** Walks the cards by keyboard; where they may be changed, selects them and opens the menu of the focused one. */
export function useBoardKeys({ lanes, current, reveal, menu }: BoardKeys): void {
  const selection = useSelection()
  const { has } = useProfile()

  /** Arrows belong to the board only while a card has the focus, or nothing has. */
  function onBoard(): boolean {
    const active = document.activeElement
    return active === null || active === document.body || active.closest('[data-bead]') !== null
  }

  function focused(): string | null {
    return document.activeElement?.closest<HTMLElement>('[data-bead]')?.dataset['bead'] ?? null
  }

  function columns(): string[][] {
    return laneOrder.map(({ state }) => lanes.value[state].map((bead) => bead.id))
  }

  function walk(direction: Direction): string | null {
    if (!onBoard()) return null
    const next = neighbour(columns(), focused(), direction)
    if (next === null) return null
    current.value = next
    void nextTick(() => reveal(next))
      .then(nextTick)
      .then(() => focusCard(next))
    return next
  }

  function step(direction: Direction): void | false {
    if (walk(direction) === null) return false
  }

  function extend(direction: 'up' | 'down'): void | false {
    const from = focused()
    if (from === null) return false
    if (!selection.has(from)) selection.toggle(from)
    const next = walk(direction)
    if (next !== null) selection.extend(next, columns().find((ids) => ids.includes(next)) ?? [])
  }

  function pick(): void | false {
    const bead = focused()
    if (bead === null) return false
    selection.toggle(bead)
  }

  function open(): void | false {
    const bead = focused()
    const link = document.activeElement?.closest('[data-bead]')?.querySelector<HTMLElement>('[data-card]')
    if (link == null || bead === null) return false
    menu(bead, link)
  }

  const hasCards = (): boolean => laneOrder.some(({ state }) => lanes.value[state].length > 0)
  useCommands(
    {
      'board.down': () => step('down'),
      'board.up': () => step('up'),
      'board.left': () => step('left'),
      'board.right': () => step('right'),
    },
    hasCards,
  )
  useCommands(
    {
      'board.move': open,
      'board.select': pick,
      'board.select-down': () => extend('down'),
      'board.select-up': () => extend('up'),
    },
    () => hasCards() && has('authoring'),
  )
}

/** Focuses what is drawn of a bead; false when nothing is. */
export function focusCard(bead: string): boolean {
  const card = cardOf(bead)
  card?.focus({ preventScroll: true })
  showCard(bead)
  return card !== null
}

/** Scrolls its lane, and the board, until what is drawn of a bead is seen; false when nothing is. */
export function showCard(bead: string): boolean {
  const card = cardOf(bead)?.closest('[data-bead]')
  card?.closest('[data-lane]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  card?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  return card != null
}

function cardOf(bead: string): HTMLElement | null {
  return document.querySelector(`[data-bead="${CSS.escape(bead)}"] [data-card]`)
}
