import { GembaError } from '../../../model/error.ts'
import type { Write } from '../../../model/work-plane.ts'
import { actorName } from '../bead-change.ts'
import { nextRevision } from '../revision.ts'
import { objectIn } from './bd-output.ts'
import { oneWrite, requireMatch, runWrite, showBeads, type BdSource } from './bd-source.ts'

/** Deletes a bead with its rows and the edges to it. A repeat with the same key succeeds, another is `bead_not_found`. */
export function deleteBdBead(source: BdSource, id: string, write: Write): Promise<void> {
  return oneWrite(source, { operation: 'delete', id, write }, async (seen, begin) => {
    const gone = { id, answer: () => Promise.resolve() }
    if (seen.state === 'done') return gone
    const bead = (await showBeads(source, [id])).get(id)
    if (bead === undefined && seen.state === 'begun') return gone
    if (bead === undefined) throw new GembaError('bead_not_found', { bead: id.slice(0, 100) })
    requireMatch(source, id, write.ifMatch)
    begin()
    const said = objectIn(
      await runWrite(source, ['delete', '--json', '--force'], [id], { actor: actorName(write.actor) }),
    )
    if (said['deleted'] !== id) throw new GembaError('bd_failed', { why: `it did not say that ${id} is deleted` })
    const { mirror } = source.sightings
    mirror.remove(id, nextRevision())
    // Their edges are gone, and their texts name the bead otherwise.
    const around = [...bead.targets, ...bead.dependents.map((each) => each.row)]
    await showBeads(
      source,
      around.map((row) => row.id),
    )
    return gone
  })
}
