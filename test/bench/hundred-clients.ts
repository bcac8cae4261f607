import { setTimeout as sleep } from 'node:timers/promises'
import type { GembaEvent } from '../../model/event.ts'
import type { ApiClient } from '../system/api-client.ts'
import { fillBacklog } from './backlog.ts'
import { readEvents, type Arrival } from './event-reader.ts'
import { clock, timed, type Measure } from './measure.ts'

const clients = 100
const edits = 200
const askedPerSecond = 20

/** Edits of beads, told to many clients at once. */
export const hundredClients: Measure = {
  name: 'hundred-clients',
  title: `Events to ${clients} clients`,
  async run(bench) {
    const gemba = await bench.gemba()
    const beads = await fillBacklog(gemba, edits)
    const heard: Arrival[][] = []
    for (let n = 0; n < clients; n += 1) {
      const mine: Arrival[] = []
      heard.push(mine)
      bench.onClose(await readEvents(gemba.api, (arrival) => mine.push(arrival)))
    }
    const { sent, answered, perSecond } = await editAll(gemba.api, beads)
    await allHeard(heard)
    const deliveries = heard.map((arrivals) => delivered(arrivals, sent))
    const all = deliveries.flat()
    const lost = clients * edits - all.length + heard.reduce((sum, arrivals) => sum + holes(arrivals), 0)
    return [
      { what: 'event recorded → client has it', unit: 'ms', samples: all.map(({ at, recorded }) => at - recorded) },
      { what: 'edit sent → client has the event', unit: 'ms', samples: all.map(({ at, sent }) => at - sent) },
      { what: 'edit sent → command answered', unit: 'ms', samples: answered },
      {
        what: 'edits carried out a second',
        unit: 'count',
        samples: [perSecond],
        note: `asked for: ${askedPerSecond}; with fewer, edits queue up`,
      },
      {
        what: 'events lost or out of order',
        unit: 'count',
        samples: [lost],
        aims: [{ at: 'p50', most: 0 }],
        note: `of ${(clients * edits).toLocaleString('en')}`,
      },
    ]
  },
}

interface Edited {
  /** When each bead's edit was sent. */
  readonly sent: ReadonlyMap<string, number>
  /** Milliseconds until each was answered. */
  readonly answered: readonly number[]
  readonly perSecond: number
}

async function editAll(api: ApiClient, beads: readonly string[]): Promise<Edited> {
  const sent = new Map<string, number>()
  const running: Promise<number>[] = []
  const begun = clock()
  for (const [n, bead] of beads.entries()) {
    await sleep(Math.max(0, begun + (n * 1_000) / askedPerSecond - clock()))
    sent.set(bead, clock())
    running.push(timed(() => api.change('PATCH', `/beads/${bead}`, { title: titleOf(bead) })))
  }
  const answered = await Promise.all(running)
  return { sent, answered, perSecond: (beads.length * 1_000) / (clock() - begun) }
}

function titleOf(bead: string): string {
  return `Edited ${bead}`
}

/** Waits until nothing new came for a second, at most 20 s. */
async function allHeard(heard: readonly (readonly Arrival[])[]): Promise<void> {
  const count = (): number => heard.reduce((sum, arrivals) => sum + arrivals.length, 0)
  for (let tries = 0, before = -1; tries < 20 && count() !== before; tries += 1) {
    before = count()
    await sleep(1_000)
  }
}

interface Delivery {
  readonly at: number
  readonly sent: number
  readonly recorded: number
}

/** The edits that one client heard of, each once. */
function delivered(arrivals: readonly Arrival[], sent: ReadonlyMap<string, number>): Delivery[] {
  const found = new Map<string, Delivery>()
  for (const { data, at } of arrivals) {
    const { body, at: recorded } = JSON.parse(data) as GembaEvent
    if (body.kind !== 'bead.changed' || body.bead.title !== titleOf(body.bead.id)) continue
    const { id } = body.bead
    if (!found.has(id)) found.set(id, { at, sent: sent.get(id) ?? NaN, recorded: Date.parse(recorded) })
  }
  return [...found.values()]
}

/** How often a client's event did not follow the one before. */
function holes(arrivals: readonly Arrival[]): number {
  const numbers = arrivals.map(({ id }) => Number(id.split('.')[1]))
  return numbers.filter((number, n) => n > 0 && number !== (numbers[n - 1] ?? 0) + 1).length
}
