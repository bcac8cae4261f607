import { nextTick, type Ref } from 'vue'
import { useCommands } from '../commands/registry.ts'
import type { Direction } from '../domain/board.ts'
import type { Spot } from '../domain/graph-walk.ts'
import { walkGraph } from '../domain/graph-walk.ts'
import { useProfile } from './use-profile.ts'

export interface GraphKeys {
  readonly spots: () => ReadonlyMap<string, Spot>
  readonly edges: () => readonly { readonly from: string; readonly to: string }[]
  readonly box: () => HTMLElement | null
  /** The node that Tab leads to. */
  readonly current: Readonly<Ref<string | null>>
  readonly go: (key: string) => void
  readonly menu: (bead: string, anchor: HTMLElement) => void
}

/** Walks the nodes of a graph by arrow keys, and opens the menu of what may be moved. Enter opens its link. */
export function useGraphKeys({ spots, edges, box, current, go, menu }: GraphKeys): void {
  const { has } = useProfile()

  /** Arrows belong to the graph only while it has the focus, or nothing has. */
  function onGraph(): boolean {
    const active = document.activeElement
    return active === null || active === document.body || box()?.contains(active) === true
  }

  function focused(): HTMLElement | null {
    const node = document.activeElement?.closest<HTMLElement>('[data-node]') ?? null
    return box()?.contains(node) === true ? node : null
  }

  function step(direction: Direction): void | false {
    if (!onGraph()) return false
    const from = focused()?.dataset['node'] ?? null
    const next = from === null ? current.value : walkGraph(spots(), edges(), from, direction)
    if (next === null) return
    go(next)
    void nextTick(() => {
      const node = box()?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`)
      node?.querySelector<HTMLElement>('[data-card], button')?.focus({ preventScroll: true })
      node?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    })
  }

  function open(): void | false {
    const node = focused()
    const link = node?.querySelector<HTMLElement>('[data-card]')
    const bead = node?.dataset['bead']
    if (link == null || bead === undefined) return false
    menu(bead, link)
  }

  useCommands({
    'board.down': () => step('down'),
    'board.up': () => step('up'),
    'board.left': () => step('left'),
    'board.right': () => step('right'),
  })
  useCommands({ 'board.move': open }, () => has('authoring'))
}
