import type { ComputedRef, Ref } from 'vue'
import { nextTick } from 'vue'
import { useCommands } from '../commands/registry.ts'
import type { Direction, Lanes } from '../domain/board.ts'
import { neighbour } from '../domain/board.ts'
import { lanes as laneOrder } from '../domain/words.ts'

/** Walks the cards by keyboard and opens the menu of the focused one. */
export function useBoardKeys(
  lanes: ComputedRef<Lanes>,
  current: Ref<string | null>,
  openMenu: (bead: string, anchor: HTMLElement) => void,
): void {
  /** Arrows belong to the board only while a card has the focus, or nothing has. */
  function onBoard(): boolean {
    const active = document.activeElement
    return active === null || active === document.body || active.closest('[data-bead]') !== null
  }

  function walk(direction: Direction): void | false {
    if (!onBoard()) return false
    const onCard = document.activeElement?.closest<HTMLElement>('[data-bead]')?.dataset['bead'] ?? null
    const columns = laneOrder.map(({ state }) => lanes.value[state].map((bead) => bead.id))
    const next = neighbour(columns, onCard, direction)
    if (next === null) return false
    current.value = next
    void nextTick(() => focusCard(next))
  }

  function menu(): void | false {
    const card = document.activeElement?.closest<HTMLElement>('[data-bead]')
    const link = card?.querySelector<HTMLElement>('[data-card]')
    const bead = card?.dataset['bead']
    if (link == null || bead === undefined) return false
    openMenu(bead, link)
  }

  useCommands({
    'board.down': () => walk('down'),
    'board.up': () => walk('up'),
    'board.left': () => walk('left'),
    'board.right': () => walk('right'),
    'board.move': menu,
  })
}

/** Focuses the card of a bead when it is drawn. */
export function focusCard(bead: string): void {
  cardOf(bead)?.focus({ preventScroll: true })
  showCard(bead)
}

/** Scrolls its lane, and the board, until the card is seen; false when it is not drawn. */
export function showCard(bead: string): boolean {
  const card = cardOf(bead)?.closest('li')
  card?.closest('[data-lane]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  card?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  return card != null
}

function cardOf(bead: string): HTMLElement | null {
  return document.querySelector(`[data-bead="${CSS.escape(bead)}"] [data-card]`)
}
