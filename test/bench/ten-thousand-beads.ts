import { bdListings } from './bd-listings.ts'
import { besideBeadsUi } from './beads-ui.ts'
import { boardAtScale } from './board-at-scale.ts'
import { readAgain } from './http-bytes.ts'
import { quantile, type Finding, type Measure } from './measure.ts'
import { planWords, serveGreatPlan } from './served-plan.ts'

/** Beads-only mode over a great plan: what the server says, what the console draws, and others on the same database. */
export const tenThousandBeads: Measure = {
  name: 'ten-thousand-beads',
  title: `Beads-only: ${planWords}`,
  limitMs: 8 * 60_000,
  async run(bench) {
    const { api, login, imported } = await serveGreatPlan(bench)
    const board = await readAgain(bench, api, '/api/v1/board', 'all beads, API (what the console reads)', {
      ms: 50,
      kB: 300,
    })
    const page = await readAgain(bench, api, '/api/v1/beads?limit=200', 'first page of the list, API', { ms: 50 })
    const drawn = await boardAtScale(bench, api)
    const list = medianOf(board[0])
    const ours = { what: 'all beads, API', list, ready: list }
    return [
      ...board,
      ...page,
      { what: 'import of the plan', unit: 'ms', samples: [imported] },
      ...drawn,
      ...(await bdListings(bench, login, ours, 3)),
      ...(await besideBeadsUi(bench, login, medianOf(drawn[0]))),
    ]
  },
}

function medianOf(finding: Finding | undefined): number {
  return quantile(finding?.samples ?? [], 'p50')
}
