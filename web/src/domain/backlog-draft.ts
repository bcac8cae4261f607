import type { BeadDetail, BeadPatch } from '../../../model/bead.ts'
import { dayField, instantOfDay } from './time.ts'

/** What the editor of a backlog row has in its fields. */
export interface BacklogDraft {
  title: string
  priority: number
  type: string
  parent: string
  /** As date fields have it; empty for none. */
  deferred: string
  acceptance: string
}

export function draftOf({ title, priority, type, parent, deferUntil, acceptance }: BeadDetail): BacklogDraft {
  return { title, priority, type, parent: parent ?? '', deferred: dayField(deferUntil), acceptance }
}

/** Only what the person changed since `before`. */
export function draftPatch(before: BacklogDraft, now: BacklogDraft): BeadPatch {
  const parent = now.parent.trim()
  return {
    ...(now.title.trim() === before.title ? {} : { title: now.title.trim() }),
    ...(now.priority === before.priority ? {} : { priority: now.priority }),
    ...(now.type === before.type ? {} : { type: now.type }),
    ...(parent === before.parent ? {} : { parent: parent === '' ? null : parent }),
    ...(now.deferred === before.deferred ? {} : { deferUntil: instantOfDay(now.deferred) }),
    ...(now.acceptance === before.acceptance ? {} : { acceptance: now.acceptance }),
  }
}
