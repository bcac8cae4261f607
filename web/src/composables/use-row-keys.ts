import { useCommands } from '../commands/registry.ts'
import type { CascadeRow, RowList } from '../domain/cascade.ts'
import { useSelection } from '../stores/selection.ts'
import { useProfile } from './use-profile.ts'

type KeyedRow = Pick<CascadeRow, 'key' | 'bead' | 'level' | 'unfolded'>

export interface RowKeys {
  readonly rows: () => RowList<KeyedRow>
  /** Ids of all beads in them. */
  readonly beads: () => readonly string[]
  /** The row with the focus, or -1. */
  readonly at: () => number
  readonly box: () => HTMLElement | null
  /** Rows on one screen. */
  readonly page: () => number
  readonly tree: () => boolean
  readonly go: (index: number) => void
  readonly fold: (key: string) => void
  readonly menu: (bead: string, anchor: HTMLElement) => void
}

/** Walks rows, folds and selects them by keyboard, as lists and trees do elsewhere. */
export function useRowKeys(keys: RowKeys) {
  const selection = useSelection()
  const { has } = useProfile()

  /** Keys belong to the rows only while one of them has the focus, or nothing has. */
  function onRows(): boolean {
    const active = document.activeElement
    return active === null || active === document.body || keys.box()?.contains(active) === true
  }

  function row(): KeyedRow | undefined {
    return keys.rows().at(keys.at())
  }

  function walk(by: number): void | false {
    if (!onRows() || keys.rows().length === 0) return false
    const focused = keys.box()?.contains(document.activeElement) === true
    keys.go(focused || by < 0 ? keys.at() + by : Math.max(0, keys.at()))
  }

  function extend(by: number): void | false {
    const from = row()
    if (!onRows() || from === undefined) return false
    if (from.bead !== null && !selection.has(from.bead.id)) selection.toggle(from.bead.id)
    const to = keys.rows().at(keys.at() + by)
    keys.go(keys.at() + by)
    if (to?.bead != null) selection.extend(to.bead.id, keys.beads())
  }

  /** Folds, or goes to the row above in the tree. */
  function left(): void | false {
    const here = row()
    if (!onRows() || here === undefined) return false
    if (here.unfolded === true) return keys.fold(here.key)
    for (let index = keys.at() - 1; index >= 0; index -= 1) {
      if ((keys.rows().at(index)?.level ?? 0) < here.level) return keys.go(index)
    }
  }

  /** Unfolds, or goes to the first row below in the tree. */
  function right(): void | false {
    const here = row()
    if (!onRows() || here === undefined) return false
    if (here.unfolded === false) return keys.fold(here.key)
    if (here.unfolded === true) keys.go(keys.at() + 1)
  }

  function pick(): void | false {
    const bead = row()?.bead
    if (!onRows() || bead == null) return false
    selection.toggle(bead.id)
  }

  function menu(): void | false {
    const bead = row()?.bead
    const link = document.activeElement?.closest('[data-row]')?.querySelector<HTMLElement>('[data-card]')
    if (bead == null || link == null) return false
    keys.menu(bead.id, link)
  }

  /** Keys that mean the list only while it has the focus. */
  function onKeydown(event: KeyboardEvent): void {
    const to: Readonly<Record<string, number>> = {
      Home: 0,
      End: keys.rows().length - 1,
      PageDown: keys.at() + keys.page(),
      PageUp: keys.at() - keys.page(),
    }
    const index = to[event.key]
    if (index === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    keys.go(index)
  }

  useCommands({
    'board.down': () => walk(1),
    'board.up': () => walk(-1),
  })
  useCommands({ 'board.left': left, 'board.right': right }, keys.tree)
  useCommands(
    {
      'board.move': menu,
      'board.select': pick,
      'board.select-down': () => extend(1),
      'board.select-up': () => extend(-1),
    },
    () => has('authoring'),
  )
  return { onKeydown }
}
