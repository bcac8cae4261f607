import type { Comment } from '../../model/bead.ts'
import { GembaError } from '../../model/error.ts'
import type { Write } from '../../model/work-plane.ts'
import { authorOf, beadLock, deskOf, requireMatch, type Source } from './bead-change.ts'
import type { Reading } from './database.ts'
import { rowId, type WriteSeed } from './event-rows.ts'
import { checkText, invalid } from './fields.ts'
import { commentOf, readIssue, readLabels } from './reads.ts'

/**
 * Writes a comment in the actor's name, only when `ifMatch` still holds; no event row, as with bd. The same key again
 * finds the first one.
 */
export async function commentOn(source: Source, bead: string, text: string, write: Write): Promise<Comment> {
  if (text.trim() === '') throw invalid('text is empty')
  checkText('text', text)
  const seed: WriteSeed = { operation: 'comment', bead, key: write.key }
  const change = {
    locks: [beadLock(bead)],
    message: () => `gemba: comment on ${bead}`,
    author: authorOf(write.actor, source.author),
  }
  return source.database.change(change, async (writing) => {
    const desk = await deskOf(source, writing, seed, write.actor)
    const id = rowId(seed, 0)
    const earlier = await findComment(writing, id)
    if (earlier !== undefined) return earlier
    const row = await readIssue(writing, bead)
    await requireMatch(desk, row, await readLabels(writing, bead), write.ifMatch)
    await writing.write(
      'comments',
      'INSERT INTO comments (id, issue_id, author, text, created_at) VALUES (?, ?, ?, ?, ?)',
      [id, bead, desk.actor, text, desk.now],
    )
    const written = await findComment(writing, id)
    if (written === undefined) throw new GembaError('internal', { why: 'the comment was not stored' })
    return written
  })
}

async function findComment(reading: Reading, id: string): Promise<Comment | undefined> {
  const [row] = await reading.rows<Parameters<typeof commentOf>[0]>(
    'SELECT id, author, text, created_at FROM comments WHERE id = ?',
    [id],
  )
  return row === undefined ? undefined : commentOf(row)
}
