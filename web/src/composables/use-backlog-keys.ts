import { useCommands } from '../commands/registry.ts'
import { rowList } from '../domain/cascade.ts'
import { heldBy } from './held-by.ts'
import { useProfile } from './use-profile.ts'
import { useRowKeys } from './use-row-keys.ts'
import type { useBacklogRows } from './use-backlog-rows.ts'

export interface BacklogActs {
  readonly stage: (bead: string) => void
  readonly edit: (bead: string) => void
  /** One step towards critical, or away from it. */
  readonly shift: (bead: string, by: -1 | 1) => void
  readonly menu: (bead: string, anchor: HTMLElement) => void
}

/** The backlog by keyboard: walks and selects its rows, and does with the one that has the focus what its buttons do. */
export function useBacklogKeys(
  list: ReturnType<typeof useBacklogRows>,
  box: () => HTMLElement | null,
  acts: BacklogActs,
) {
  const { has } = useProfile()

  const onFocused = (act: (bead: string) => void) => (): void | false => {
    const bead = heldBy(box(), 'data-bead')
    return bead === null ? false : act(bead)
  }

  const { onKeydown } = useRowKeys({
    rows: () => rowList(list.rows.value),
    beads: () => list.rows.value.map(({ key }) => key),
    at: () => list.at.value,
    box,
    page: list.page,
    tree: () => false,
    go: (index) => void list.go(index),
    fold: () => undefined,
    menu: (bead, anchor) => has('authoring') && acts.menu(bead, anchor),
  })
  useCommands(
    {
      'backlog.stage': onFocused(acts.stage),
      'backlog.edit': onFocused(acts.edit),
      'backlog.raise': onFocused((bead) => acts.shift(bead, -1)),
      'backlog.lower': onFocused((bead) => acts.shift(bead, 1)),
    },
    () => has('authoring'),
  )

  /** What is written in a row's editor is not for the rows. */
  return {
    onKeydown(event: KeyboardEvent): void {
      if (!(event.target instanceof Element) || event.target.closest('form') === null) onKeydown(event)
    },
  }
}
