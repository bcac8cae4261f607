import { openBeads } from '../../planes/work/beads-sql.ts'
import type { ApiClient } from '../system/api-client.ts'
import { fillBacklog } from './backlog.ts'
import { bdListings } from './bd-listings.ts'
import { beadsLoginOf, consoleAddress, type Bench } from './bench-scope.ts'
import { openAndPaint } from './console-browser.ts'
import { readAgain } from './http-bytes.ts'
import { quantile, repeated, type Finding, type Measure } from './measure.ts'

const beads = 1_000
const card = '[data-bead]'

/** Reading a backlog of 1,000 beads: over HTTP, from the database, with `bd`, and on the board. */
export const thousandBeads: Measure = {
  name: 'thousand-beads',
  title: `List and ready at ${beads.toLocaleString('en')} beads`,
  async run(bench) {
    const gemba = await bench.gemba()
    await fillBacklog(gemba, beads)
    const plane = await openBeads(beadsLoginOf(gemba))
    bench.onClose(() => plane.disconnect())
    await repeated(3, () => Promise.all([plane.list(), plane.ready()]))
    const list = await repeated(30, () => plane.list())
    const ready = await repeated(30, () => plane.ready())
    const ours = { what: 'the work plane', list: quantile(list, 'p50'), ready: quantile(ready, 'p50') }
    return [
      ...(await overHttp(bench, gemba.api)),
      { what: 'list, work plane (SQL)', unit: 'ms', samples: list },
      { what: 'ready, work plane (SQL)', unit: 'ms', samples: ready },
      ...(await bdListings(bench, beadsLoginOf(gemba), ours, 5)),
      ...(await painted(bench, consoleAddress(gemba))),
    ]
  },
}

async function overHttp(bench: Bench, api: ApiClient): Promise<Finding[]> {
  const lane = '/api/v1/beads?limit=200&state=unstarted'
  return [
    ...(await readAgain(bench, api, `/api/v1/beads?limit=${beads}`, 'list, API (all beads with their ready marks)')),
    ...(await readAgain(bench, api, lane, 'first page of the lane "Next up", API')),
  ]
}

async function painted(bench: Bench, address: string): Promise<Finding[]> {
  const first: number[] = []
  const again: number[] = []
  let cards = 0
  for (let n = 0; n < 5; n += 1) {
    const context = await bench.profile()
    const { page, took } = await openAndPaint(context, address, card)
    first.push(took)
    again.push((await openAndPaint(context, address, card)).took)
    cards = await page.locator(card).count()
    await context.close()
  }
  return [
    { what: 'board painted, empty browser cache, signing in', unit: 'ms', samples: first },
    { what: 'board painted, again', unit: 'ms', samples: again },
    { what: '… cards in the DOM', unit: 'count', samples: [cards] },
  ]
}
