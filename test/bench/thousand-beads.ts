import { Agent, request } from 'node:http'
import type { Socket } from 'node:net'
import { openBeads } from '../../planes/work/beads-sql.ts'
import type { ApiClient } from '../system/api-client.ts'
import { fillBacklog } from './backlog.ts'
import { openBd, type Bd } from '../bd/bd-program.ts'
import { beadsLoginOf, consoleAddress, type Bench } from './bench-scope.ts'
import { openAndPaint } from './console-browser.ts'
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
    return [
      ...(await overHttp(bench, gemba.api)),
      { what: 'list, work plane (SQL)', unit: 'ms', samples: list },
      { what: 'ready, work plane (SQL)', unit: 'ms', samples: ready },
      ...(await withBd(bench, beadsLoginOf(gemba), { list: quantile(list, 'p50'), ready: quantile(ready, 'p50') })),
      ...(await painted(bench, consoleAddress(gemba))),
    ]
  },
}

async function overHttp(bench: Bench, api: ApiClient): Promise<Finding[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  bench.onClose(() => agent.destroy())
  const path = `/api/v1/beads?limit=${beads}`
  for (let n = 0; n < 3; n += 1) await received(agent, api, path)
  let bytes = 0
  const list = await repeated(50, async () => (bytes = await received(agent, api, path)))
  let laneBytes = 0
  const lane = await repeated(50, async () => {
    laneBytes = await received(agent, api, '/api/v1/beads?limit=200&state=unstarted')
  })
  return [
    { what: 'list, API (all beads with their ready marks)', unit: 'ms', samples: list },
    { what: '… bytes on the wire', unit: 'kB', samples: [bytes / 1_000] },
    { what: 'first page of the lane "Next up", API', unit: 'ms', samples: lane },
    { what: '… bytes on the wire', unit: 'kB', samples: [laneBytes / 1_000] },
  ]
}

/** Bytes of one answer as they came through the socket, head included. */
function received(agent: Agent, api: ApiClient, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${api.token}`, 'accept-encoding': 'br, gzip' }
    const asked = request(`${api.base}${path}`, { agent, headers }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`${path}: HTTP ${response.statusCode}`))
      response.resume()
      response.on('error', reject)
      response.on('end', () => resolve((socket?.bytesRead ?? NaN) - before))
    })
    let socket: Socket | undefined
    let before = 0
    asked.once('socket', (given) => {
      socket = given
      before = given.bytesRead
    })
    asked.on('error', reject)
    asked.end()
  })
}

async function withBd(
  bench: Bench,
  login: ReturnType<typeof beadsLoginOf>,
  ours: { readonly list: number; readonly ready: number },
): Promise<Finding[]> {
  const bd = await openBd(login)
  bench.onClose(() => bd?.release())
  if (bd === undefined) return [{ what: 'list and ready, bd', unit: 'ms', samples: [], note: 'bd not on PATH' }]
  const against = (median: number) => ({ what: 'the work plane', median })
  return [
    { what: 'bd list', unit: 'ms', samples: await repeated(5, () => listing(bd, 'list')), against: against(ours.list) },
    {
      what: 'bd ready',
      unit: 'ms',
      samples: await repeated(5, () => listing(bd, 'ready')),
      against: against(ours.ready),
    },
  ]
}

/** It has succeeded only when it also said what it was asked for. */
async function listing(bd: Bd, command: 'list' | 'ready'): Promise<void> {
  const said = await bd.json<unknown>([command, '--limit', '0'])
  if (!Array.isArray(said) || said.length === 0) throw new Error(`bd ${command} listed nothing`)
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
