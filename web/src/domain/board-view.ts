import type { StateCategory } from '../../../model/bead.ts'
import type { RuntimeMode } from '../../../model/mode.ts'
import type { BeadFilter } from './bead-filter.ts'
import { noFilter } from './bead-filter.ts'
import type { BeadOrder, OrderKey } from './bead-order.ts'
import { orderKeys, usualDirection } from './bead-order.ts'
import { lanes } from './words.ts'

export const layouts = ['flat', 'cascade', 'kanban', 'graph'] as const
export type Layout = (typeof layouts)[number]

/** How the board is looked at: all of it stands in the address. */
export interface BoardView {
  readonly layout: Layout
  readonly order: BeadOrder
  readonly filter: BeadFilter
}

/** Without orchestration no lane says what happens next, so the board begins as a list (seed 001, 5). */
export function usualView(mode: RuntimeMode): BoardView {
  return mode === 'beads_only'
    ? { layout: 'flat', order: { by: 'modified', direction: 'descending' }, filter: noFilter }
    : { layout: 'kanban', order: { by: 'urgency', direction: 'ascending' }, filter: noFilter }
}

/** A query as the router holds it. */
export type Query = Readonly<Record<string, string | null | readonly (string | null)[] | undefined>>

const keys = ['layout', 'order', 'direction', 'q', 'state', 'type', 'priority', 'label', 'assignee', 'is'] as const

export function isViewQuery(query: Query): boolean {
  return keys.some((key) => query[key] !== undefined)
}

/** What else stands in an address, which is no matter of the view. */
export function besidesView(query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([key]) => !(keys as readonly string[]).includes(key)))
}

/** The view that an address names; what it leaves out, or what no board knows, is as `usual`. */
export function readView(query: Query, usual: BoardView): BoardView {
  const [layout] = oneOf(layouts, values(query, 'layout'))
  const [by] = oneOf(orderKeys, values(query, 'order'))
  const [direction] = oneOf(['ascending', 'descending'] as const, values(query, 'direction'))
  const [standing] = oneOf(['ready', 'blocked'] as const, values(query, 'is'))
  const order: OrderKey = by ?? usual.order.by
  return {
    layout: layout ?? usual.layout,
    order: {
      by: order,
      direction: direction ?? (order === usual.order.by ? usual.order.direction : usualDirection(order)),
    },
    filter: {
      text: (values(query, 'q')[0] ?? '').slice(0, 200),
      state: oneOf(
        lanes.map((lane) => lane.state),
        values(query, 'state'),
      ),
      type: values(query, 'type'),
      priority: values(query, 'priority').flatMap((value) => (/^[0-4]$/.test(value) ? [Number(value)] : [])),
      label: values(query, 'label'),
      assignee: values(query, 'assignee'),
      standing: standing ?? '',
    },
  }
}

/** The shortest query that `readView` reads as `view`; with `usual` absent everything is written out, for others. */
export function queryOf({ layout, order, filter }: BoardView, usual?: BoardView): Record<string, string | string[]> {
  const sameOrder = usual !== undefined && order.by === usual.order.by
  const plainDirection = sameOrder ? usual.order.direction : usualDirection(order.by)
  return {
    ...(layout === usual?.layout ? {} : { layout }),
    ...(sameOrder ? {} : { order: order.by }),
    ...(usual !== undefined && order.direction === plainDirection ? {} : { direction: order.direction }),
    ...(filter.text === '' ? {} : { q: filter.text }),
    ...some('state', filter.state),
    ...some('type', filter.type),
    ...some('priority', filter.priority.map(String)),
    ...some('label', filter.label),
    ...some('assignee', filter.assignee),
    ...(filter.standing === '' ? {} : { is: filter.standing }),
  }
}

function some(key: string, list: readonly string[]): Record<string, string[]> {
  return list.length === 0 ? {} : { [key]: [...list] }
}

function values(query: Query, key: (typeof keys)[number]): string[] {
  const value = query[key]
  const list = Array.isArray(value) ? value : [value]
  return list.filter((one): one is string => typeof one === 'string').slice(0, 20)
}

function oneOf<T extends string | StateCategory>(known: readonly T[], given: readonly string[]): T[] {
  return known.filter((word) => given.includes(word))
}
