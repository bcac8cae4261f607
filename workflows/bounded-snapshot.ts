import type { Snapshot } from '../model/event.ts'

/** Bytes of JSON that the store takes of a snapshot's view and of its state, with some room left. */
const room = 60_000
/** Characters that a text may keep, tried in turn until everything fits. */
const cuts = [16_000, 4_000, 1_000, 200] as const
/** Items that a list may keep when cutting texts was not enough. */
const mostItems = 50

/**
 * A snapshot that the store takes: texts of beads and agents in it are cut when they are too long altogether. The
 * workflow goes on with the whole texts.
 */
export function boundedSnapshot<T extends Pick<Snapshot, 'view' | 'state'>>(snapshot: T): T {
  return { ...snapshot, view: bounded(snapshot.view), state: bounded(snapshot.state) }
}

function bounded(value: unknown): unknown {
  let text = JSON.stringify(value)
  if (bytesOf(text) <= room) return value
  for (const most of cuts) {
    text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? cut(each, most) : each))
    if (bytesOf(text) <= room) break
  }
  if (bytesOf(text) <= room) return JSON.parse(text)
  const few = JSON.stringify(JSON.parse(text), (_, each: unknown) =>
    Array.isArray(each) ? each.slice(0, mostItems) : each,
  )
  return bytesOf(few) <= room ? JSON.parse(few) : null
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`
}

/** Of UTF-8. */
function bytesOf(text: string): number {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}
