import type { Comment } from '../../../model/bead.ts'
import { GembaError } from '../../../model/error.ts'
import type { Write } from '../../../model/work-plane.ts'
import { actorName } from '../bead-change.ts'
import { checkText, invalid } from '../fields.ts'
import type { ShownBead } from './bd-bead.ts'
import { objectIn } from './bd-output.ts'
import { oneWrite, requireMatch, runWrite, showBead, type BdSource } from './bd-source.ts'

/** Writes a comment in the actor's name. The same key again finds the first one, also when that was broken off. */
export async function commentOnBdBead(source: BdSource, bead: string, text: string, write: Write): Promise<Comment> {
  if (text.trim() === '') throw invalid('text is empty')
  checkText('text', text)
  return oneWrite(source, { operation: 'comment', id: bead, write }, async (seen, begin) => {
    const actor = actorName(write.actor)
    const shown = await showBead(source, bead)
    const stored = async (id: string): Promise<Comment> => find(await showBead(source, bead), id)
    if (seen.state === 'done') return { id: seen.id, answer: () => stored(seen.id) }
    const earlier = seen.state === 'begun' ? brokenOff(source, shown, { actor, text, since: seen.at }) : undefined
    if (earlier !== undefined) return { id: earlier, answer: () => stored(earlier) }
    requireMatch(source, bead, write.ifMatch)
    begin()
    const said = await runWrite(source, ['comment', '--json'], [bead], { actor, files: { '--file': text } })
    const { id } = objectIn(said)
    if (typeof id !== 'string') throw new GembaError('bd_failed', { why: 'it told no id of the comment' })
    return { id, answer: () => stored(id) }
  })
}

function find(bead: ShownBead, id: string): Comment {
  const comment = bead.comments.find((each) => each.id === id)
  if (comment === undefined) throw new GembaError('bd_failed', { why: 'the comment was not stored' })
  return comment
}

function brokenOff(
  source: BdSource,
  bead: ShownBead,
  by: { readonly actor: string; readonly text: string; readonly since: number },
): string | undefined {
  const since = new Date(by.since - 1_000).toISOString()
  const same = bead.comments.filter((each) => each.author === by.actor && each.text === by.text)
  return same.find((each) => each.createdAt >= since && !source.journal.made(each.id))?.id
}
