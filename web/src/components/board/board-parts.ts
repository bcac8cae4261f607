import { labelsAtMost, labelsTold } from '../../domain/board.ts'
import type { Frees, Reason } from '../../domain/waiting.ts'
import type { Face } from '../ui/face.ts'
import { outlineOf } from '../ui/icons.ts'

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
