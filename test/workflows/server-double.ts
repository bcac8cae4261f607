import { ApplicationFailure } from '@temporalio/common'
import type { EscalationView } from '../../model/escalation.ts'
import type { NewEvent, Publication, Snapshot } from '../../model/event.ts'
import type { SessionView } from '../../model/session.ts'
import type { Store } from '../../store/store.ts'
import type { BeadFacts, ServerActivities } from '../../temporal/contracts/activities.ts'

interface DoubleBead {
  readonly facts: BeadFacts
  status: string
  assignee: string | null
}

/** A server double: beads in memory with the claim's compare-and-set, and everything that was published. */
export class ServerDouble {
  readonly beads = new Map<string, DoubleBead>()
  readonly events: NewEvent[] = []
  readonly snapshots = new Map<string, Snapshot>()
  readonly closed: string[] = []
  /** What the next publications are refused with. */
  publishRefusals: string[] = []
  /** What the next closes are refused with. */
  closeRefusals: string[] = []
  /** What the next looks at beads are refused with. */
  inspectRefusals: string[] = []
  /** Called before a claim looks at the bead. */
  beforeClaim: (bead: DoubleBead) => void = () => undefined
  readonly #published = new Set<string>()

  add(id: string, facts: Partial<BeadFacts> = {}): void {
    const all: BeadFacts = {
      id,
      title: `Bead ${id}`,
      type: 'task',
      status: 'open',
      assignee: null,
      labels: [],
      blockedBy: [],
      ...facts,
    }
    this.beads.set(id, { facts: all, status: all.status, assignee: all.assignee })
  }

  session(id: string): SessionView | undefined {
    return this.snapshots.get(`session/${id}`)?.view as SessionView | undefined
  }

  escalations(): EscalationView[] {
    return [...this.snapshots.values()]
      .filter((snapshot) => snapshot.kind === 'escalation')
      .map((snapshot) => snapshot.view as EscalationView)
  }

  kinds(): string[] {
    return this.events.map((event) => event.body.kind)
  }

  /** What was published, as the store gives it. */
  store(): Pick<Store, 'snapshot' | 'snapshots' | 'publish'> {
    return {
      snapshot: async (kind, id) => this.snapshots.get(`${kind}/${id}`),
      snapshots: async ({ kind, open }) => ({
        items: [...this.snapshots.values()].filter((each) => each.kind === kind && each.open === (open ?? each.open)),
        cursor: null,
      }),
      publish: async (publication) => {
        const newer = await this.activities().publish(publication)
        return { events: [], recorded: newer?.recorded ?? publication.snapshot.revision }
      },
    }
  }

  activities(): ServerActivities {
    return {
      inspectBeads: async (ids) => {
        refuse(this.inspectRefusals.shift())
        return ids.flatMap((id) => {
          const bead = this.beads.get(id)
          return bead === undefined ? [] : [{ ...bead.facts, status: bead.status, assignee: bead.assignee }]
        })
      },
      claimBead: async ({ bead, session }) => {
        const known = this.beads.get(bead)
        const holder = `gemba/${session}`
        if (known !== undefined) this.beforeClaim(known)
        if (known === undefined) return { claimed: false, holder: null, status: 'deleted' }
        if (known.assignee !== holder && (known.status !== 'open' || known.assignee !== null)) {
          return { claimed: false, holder: known.assignee, status: known.status }
        }
        known.status = 'in_progress'
        known.assignee = holder
        const { id, title, type, labels } = known.facts
        return {
          claimed: true,
          bead: { id, title, type, labels, description: '', design: '', acceptance: '', notes: '' },
        }
      },
      closeBead: async ({ bead }) => {
        refuse(this.closeRefusals.shift())
        const known = this.beads.get(bead)
        if (known !== undefined) known.status = 'closed'
        this.closed.push(bead)
        return { outcome: 'closed', why: '' }
      },
      releaseBead: async ({ bead, session }) => {
        const known = this.beads.get(bead)
        if (known?.assignee !== `gemba/${session}`) return false
        known.status = 'open'
        known.assignee = null
        return true
      },
      publish: async ({ events, snapshot }: Publication) => {
        refuse(this.publishRefusals.shift())
        const heard = events.filter(({ source, sourceRevision }) => !this.#published.has(`${source}#${sourceRevision}`))
        this.events.push(...heard)
        for (const { source, sourceRevision } of heard) this.#published.add(`${source}#${sourceRevision}`)
        const key = `${snapshot.kind}/${snapshot.id}`
        const before = this.snapshots.get(key)
        if (before === undefined || before.revision < snapshot.revision) this.snapshots.set(key, snapshot)
        if (before === undefined || before.revision <= snapshot.revision) return null
        return { recorded: before.revision, heard: heard.length > 0 }
      },
    }
  }
}

function refuse(code: string | undefined): void {
  if (code === undefined) return
  throw ApplicationFailure.create({ type: code, message: code, nonRetryable: true, details: [{}] })
}
