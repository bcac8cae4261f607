import type { BeadDetail, BeadPatch } from '../../model/bead.ts'

type Texts = Pick<BeadDetail, 'description' | 'acceptance' | 'design' | 'notes'>
const fields = ['description', 'acceptance', 'design', 'notes'] as const satisfies readonly (keyof Texts)[]

/** The long texts and comments that were written at beads: what a summary does not tell. */
export class TextsDouble {
  readonly #written = new Map<string, Partial<Texts>>()
  readonly #comments = new Map<string, BeadDetail['comments']>()

  write(bead: string, patch: BeadPatch): void {
    const changed = fields.filter((field) => patch[field] !== undefined)
    const texts = Object.fromEntries(changed.map((field) => [field, patch[field]]))
    this.#written.set(bead, { ...this.#written.get(bead), ...texts })
  }

  comment(bead: string, text: string): void {
    const known = this.#comments.get(bead) ?? []
    const createdAt = new Date().toISOString()
    this.#comments.set(bead, [...known, { id: `w${known.length}`, author: 'mira', text, createdAt }])
  }

  /** The bead with what was written at it. */
  of(bead: BeadDetail): BeadDetail {
    const comments = [...bead.comments, ...(this.#comments.get(bead.id) ?? [])]
    return { ...bead, ...this.#written.get(bead.id), comments }
  }
}
