import type { BeadSummary } from '../../../../model/bead.ts'
import { labelsAtMost, labelsTold } from '../../domain/board.ts'
import type { Frees, Reason } from '../../domain/waiting.ts'
import { typeIcon } from '../../domain/words.ts'
import type { Face } from '../ui/face.ts'
import { outlineOf } from '../ui/icons.ts'

/** How a bead stands in its list. */
interface Standing {
  readonly href: string
  /** Tab leads to it. */
  readonly tabbable: boolean
  /** Its panel is open. */
  readonly open: boolean
  /** It is picked for a change of many. */
  readonly picked: boolean
  /** Of the mark of its type, in pixels. */
  readonly markSize: number
}

/** Writes what a row and a card have alike: type, id, title, and the controls. */
export function writeBasics(face: Face, { id, type, title }: BeadSummary, standing: Standing): void {
  face.part('type')?.set('title', type)
  face.part('type-icon')?.set('d', outlineOf(typeIcon(type), standing.markSize))
  face.part('type-word')?.say(type)
  face.part('id')?.say(id)
  const tabindex = standing.tabbable ? '0' : '-1'
  const name = face.part('title')
  name?.say(title)
  name?.set('href', standing.href)
  name?.set('tabindex', tabindex)
  name?.set('aria-current', standing.open ? 'page' : null)
  face.part('more')?.set('tabindex', tabindex)
  const box = face.part('pick')?.element
  if (box instanceof HTMLInputElement) box.checked = standing.picked
}

/** Writes the parts of `BoardReason`; null leaves it out. */
export function writeReason(face: Face, reason: Reason | null): void {
  const root = face.part('reason')
  root?.show(reason !== null)
  if (reason === null) return
  root?.set('class', `reason tone-${reason.tone}`)
  root?.set('title', reason.more)
  face.part('reason-icon')?.set('d', outlineOf(reason.icon, 12))
  face.part('reason-text')?.say(reason.text)
  face.part('reason-bar')?.show(reason.share !== undefined)
  if (reason.share !== undefined) face.part('reason-share')?.style(`width: ${reason.share * 100}%`)
}

/** Writes what closing a bead frees; null leaves it out. */
export function writeFrees(face: Face, frees: Frees | null): void {
  const root = face.part('frees')
  root?.show(frees !== null)
  if (frees === null) return
  root?.set('title', frees.more)
  face.part('frees-text')?.say(frees.text)
}

/** Writes the parts of `BoardLabels`; tells whether there are any. */
export function writeLabels(face: Face, all: readonly string[]): boolean {
  const { labels, others } = labelsTold(all)
  for (let n = 1; n <= labelsAtMost; n += 1) {
    const label = labels[n - 1]
    const chip = face.part(`label-${n}`)
    chip?.show(label !== undefined)
    if (label !== undefined) chip?.say(label)
  }
  const rest = face.part('others')
  rest?.show(others.length > 0)
  if (others.length > 0) {
    rest?.set('title', others.join('\n'))
    face.part('others-count')?.say(String(others.length))
  }
  return labels.length > 0 || others.length > 0
}
