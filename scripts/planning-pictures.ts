import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { patchForState, type BeadPatch } from '../model/bead.ts'
import { createBeads } from '../planes/work/create-beads.ts'
import { startDoltServer } from '../test/dolt-server.ts'
import type { ApiClient } from '../test/system/api-client.ts'
import { launchBeadsOnly, type RunningBeadsOnly } from '../test/system/beads-only-server.ts'
import { launchBrowser } from '../test/system/browser.ts'
import { smallPng } from './small-png.ts'

/**
 * The pictures of `docs/planning-console.md`, taken anew from the built console over a small plan in a database of its own:
 * `node scripts/on-node24.mjs scripts/planning-pictures.ts`, after `npm run build`.
 */
const folder = fileURLToPath(new URL('../docs/images/', import.meta.url))
const sizes: readonly (readonly [ending: string, BrowserContextOptions])[] = [
  ['', { viewport: { width: 1280, height: 800 } }],
  ['-phone', { viewport: { width: 390, height: 844 }, hasTouch: true }],
]
type Act = (page: Page) => Promise<unknown>
type View = readonly [name: string, path: string, act?: Act]

/** What the plan is called by its own words: the ids are the database's. */
interface Plan {
  readonly milestone: string
  readonly epic: string
  readonly bead: string
  readonly free: string
  readonly decision: string
}

const ends: (() => Promise<void>)[] = []
try {
  const dolt = await startDoltServer()
  ends.push(() => dolt.release())
  const { host, port, user } = dolt
  await createBeads({ host, port, user, database: 'plan', prefix: 'bom' })
  const address = `mysql://${user}@${host}:${port}/plan`
  const running = await launchBeadsOnly(['--beads-only'], {}, (end) => void ends.push(end))
  const browser = await launchBrowser()
  ends.push(() => browser.close())
  await take(browser, running, port, [['source', '/board']])
  await running.api.change('POST', '/status/source', { kind: 'url', url: address })
  await take(browser, running, port, viewsOf(await writePlan(running.api)))
} finally {
  for (const end of ends.reverse()) await end()
}

async function take(browser: Browser, running: RunningBeadsOnly, port: number, views: readonly View[]): Promise<void> {
  const { origin, hash } = new URL(running.printed)
  for (const [ending, options] of sizes) {
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await page.goto(`${origin}/board${hash}`)
    await page.locator('[data-connection]').waitFor()
    for (const [name, path, act] of views) {
      await page.goto(`${origin}${path}`)
      await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined)
      await act?.(page)
      // The last of what moves into place.
      await page.waitForTimeout(400)
      await page.evaluate(nameAsTheGuide, [running.folder, String(port)] as const)
      writeFileSync(`${folder}planning-${name}${ending}.png`, smallPng(await page.screenshot()))
      console.log(`planning-${name}${ending}`)
    }
    await context.close()
  }
}

function viewsOf({ milestone, epic, bead, free, decision }: Plan): readonly View[] {
  return [
    ['flat', '/board'],
    ['cascade', '/board?layout=cascade&panel=status', closePanel],
    ['kanban', '/board?layout=kanban&panel=status', closePanel],
    ['graph', `/board?layout=graph&around=${bead}&panel=status`, fitGraph],
    ['backlog', '/backlog'],
    ['status', '/board?panel=status'],
    ['history', '/board?panel=history'],
    ['bead', `/board/${bead}`],
    ['bead-dependencies', `/board/${bead}?tab=dependencies`],
    ['bead-labels', `/board/${bead}?tab=labels`],
    ['bead-comments', `/board/${bead}?tab=comments`],
    ['bead-evidence', `/board/${free}?tab=evidence`],
    ['bead-history', `/board/${bead}?tab=history`],
    ['epic', `/board/${epic}`],
    ['milestone', `/board/${milestone}`],
    ['decision', `/board/${decision}`],
    ['new', `/board/${epic}`, (page) => page.getByRole('button', { name: 'New bead here' }).click()],
    ['exchange', '/exchange', lookAtLines(bead)],
    ['unavailable', '/sessions'],
  ]
}

/** The folder and the port of one run are told as those of the guide. */
function nameAsTheGuide([folder, port]: readonly [string, string]): void {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode() !== null) {
    const text = texts.currentNode
    const told = text.nodeValue?.replace(folder, '/workspace/project').replace(`:${port}/`, ':3307/') ?? ''
    if (told !== text.nodeValue) text.nodeValue = told
  }
}

/** A phone shows either the panel or what is beside it. */
async function closePanel(page: Page): Promise<void> {
  const close = page.locator('[data-project-panel]').getByRole('button', { name: /close/i })
  if (await close.isVisible()) await close.click()
}

async function fitGraph(page: Page): Promise<void> {
  await closePanel(page)
  const fit = page.getByRole('button', { name: 'Fit' })
  if (await fit.isVisible()) await fit.click()
}

/** One line that is new, one of a bead that is there, and one that is not JSON. */
function lookAtLines(bead: string): Act {
  const lines = [
    `{"_type":"issue","id":"bom-new","title":"BOM-6: From elsewhere"}`,
    `{"id":"${bead}","title":"BOM-2"}`,
    '{',
  ]
  return async (page) => {
    await page.getByLabel('Or paste lines').fill(lines.join('\n'))
    await page.getByRole('button', { name: 'Look at these lines' }).click()
    await page.getByRole('button', { name: /^Import/ }).scrollIntoViewIfNeeded()
  }
}

/** A plan with something to see in each view; its moves and edits are what the history tells. */
async function writePlan(api: ApiClient): Promise<Plan> {
  const milestone = await api.create({ title: 'M1: First light', type: 'milestone', priority: 1 })
  const parent = milestone.id
  const epic = await api.create({ title: 'E1.1: The reading room', type: 'epic', parent })
  await api.create({ title: 'M2: A second look', type: 'milestone' })
  const decision = await api.create({
    ...{ title: 'D1: Keep JSONL, not a table', type: 'decision' },
    description:
      'The ledger is **a file of lines**: it can be read with nothing but `tail`, and moved away at any time.',
  })
  const under = { parent: epic.id }
  const boot = await api.create({ title: 'BOM-1: Boot and source selection', ...under, priority: 1 })
  const gating = await api.create({
    ...{ title: 'BOM-2: Capability gating', type: 'feature', labels: ['d:1', `milestone:${parent}`], ...under },
    description: 'Hide what the mode has not.\n\n- routes refuse with a **code**\n- the console shows a way back',
    acceptance: 'Every row of the table is obeyed by server and console.',
    dependencies: [{ to: boot.id, kind: 'blocks' }],
  })
  const ledger = await api.create({ title: 'BOM-3: Session manifest JSONL ledger', ...under, labels: ['d:1'] })
  await api.create({ title: 'BOM-4: Beads history tab', ...under, dependencies: [{ to: gating.id, kind: 'blocks' }] })
  const later = await api.create({ title: 'BOM-5: A second source beside the first', type: 'feature', ...under })
  await api.create({ title: 'The list jumps when a filter is cleared', type: 'bug', priority: 0 })
  const move = (id: string, patch: BeadPatch) => api.change('PATCH', `/beads/${id}`, patch)
  await move(later.id, patchForState('backlog'))
  await move(boot.id, { status: 'in_progress' })
  await api.change('POST', `/beads/${ledger.id}/close`, { reason: 'Each entry is on the disk before it is told.' })
  await move(gating.id, patchForState('staged'))
  await api.change('POST', `/beads/${gating.id}/comments`, { text: 'The walk is hidden too; its address says so.' })
  return { milestone: parent, epic: epic.id, bead: gating.id, free: ledger.id, decision: decision.id }
}
