import { GembaError } from '../../model/error.ts'
import { holderOf, type BeadDetail } from '../../model/bead.ts'
import type { BeadBrief } from '../../model/orchestration-plane.ts'
import type { WorkPlane } from '../../model/work-plane.ts'
import type { Store } from '../../store/store.ts'
import type { BeadFacts, ServerActivities } from '../../temporal/contracts/activities.ts'
import { coded } from '../failure.ts'

export interface ServerActivitiesDeps {
  readonly work: WorkPlane
  readonly store: Store
  /** Something was written to Beads: displays should look. */
  readonly poke: () => void
}

/** What workflows ask of the server's side. Each is repeat-safe: it looks first, or carries the key of its command. */
export function serverActivities({ work, store, poke }: ServerActivitiesDeps): ServerActivities {
  return coded<ServerActivities>({
    async inspectBeads(ids) {
      const found = await work.summaries(ids)
      return found
        .filter((bead) => ids.includes(bead.id))
        .map(({ id, title, type, status, assignee, labels, blockedBy }): BeadFacts => ({
          id,
          title,
          type,
          status,
          assignee,
          labels,
          blockedBy,
        }))
    },

    async claimBead({ bead, session, actor, key }) {
      const result = await work.claim(bead, holderOf(session), { actor, key: `${key}-claim` })
      poke()
      return result.claimed ? { claimed: true, bead: briefOf(result.bead) } : result
    },

    async closeBead({ bead, session, reason, actor, key }) {
      const now = await lookUp(work, bead)
      if (now === undefined) return { outcome: 'moved', why: `Bead ${bead} was deleted meanwhile.` }
      if (now.status === 'closed') return { outcome: 'closed', why: '' }
      if (now.assignee !== holderOf(session)) {
        return {
          outcome: 'moved',
          why: `Bead ${bead} is held by ${now.assignee ?? 'nobody'} now; it was left as it is.`,
        }
      }
      await work.close(bead, { reason, session, force: true }, { actor, key })
      poke()
      return { outcome: 'closed', why: '' }
    },

    async releaseBead({ bead, session, actor, key }) {
      const released = await work.release(bead, holderOf(session), { actor, key })
      poke()
      return released
    },

    async publish(publication) {
      const { events, recorded } = await store.publish(publication)
      return recorded > publication.snapshot.revision ? { recorded, heard: events.length > 0 } : null
    },
  })
}

async function lookUp(work: WorkPlane, bead: string): Promise<BeadDetail | undefined> {
  try {
    return await work.get(bead)
  } catch (error) {
    if (error instanceof GembaError && error.code === 'bead_not_found') return undefined
    throw error
  }
}

function briefOf(bead: BeadDetail): BeadBrief {
  const { id, title, type, description, design, acceptance, notes, labels } = bead
  return { id, title, type, description, design, acceptance, notes, labels }
}
