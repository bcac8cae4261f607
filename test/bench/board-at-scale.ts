import type { BrowserContext, Page } from '@playwright/test'
import type { ApiClient } from '../system/api-client.ts'
import type { Bench } from './bench-scope.ts'
import { openAndPaint } from './console-browser.ts'
import { quantile, repeated, type Finding } from './measure.ts'
import { heapOf, scrolled, typed, type Scrolled, type Typed } from './page-work.ts'
import { searchesOf, watchSearches } from './search-thread.ts'

const card = '[data-bead]'
const mostNodes = 400
const frameMs = 16
const edits = 100
/** What comes after the first painting is over by then. */
const restMs = 1_000
/** Each is typed and taken away again, so that a p95 is not the slowest of a handful of keys. */
const texts = ['mend ticket mail queue', 'explain door at noon', 'guide for groups'] as const

/** What a browser that has nothing to do needs, in the same run. */
interface Floor {
  readonly scroll: Scrolled
  readonly typing: readonly Typed[]
}

/** The console over the great plan in a real browser: painting, scrolling, finding, the graph, and what it keeps. */
export async function boardAtScale(bench: Bench, api: ApiClient): Promise<Finding[]> {
  const context = await bench.profile()
  await watchSearches(context)
  const floor = await floorOf(context)
  const address = (layout: string): string => `${api.base}/board?layout=${layout}#token=${api.token}`
  const painted = await firstPaints(bench, address('flat'))
  const { page: flat } = await openAndPaint(context, address('flat'), card)
  await flat.waitForTimeout(restMs)
  const flatScroll = await scrolled(flat, '[data-rows]', card)
  const filter = await filterTyped(flat, 'flat list', floor)
  const palette = await paletteTyped(flat, floor)
  await flat.close()
  const { page: kanban, took: kanbanTook } = await openAndPaint(context, address('kanban'), card)
  await kanban.waitForTimeout(restMs)
  const laneScroll = await scrolled(kanban, '[data-lane="unstarted"] .scroll', card)
  const filterKanban = await filterTyped(kanban, 'lanes', floor)
  const heap = await heapOver(kanban, api)
  await kanban.close()
  const graph = await openAndPaint(context, address('graph&scope=project'), '[data-node]')
  const nodes = await graph.page.locator('[data-node]').count()
  return [
    ...painted,
    { what: 'lanes painted, warm cache', unit: 'ms', samples: [kanbanTook] },
    ...scrollFindings('flat list', flatScroll, floor),
    ...scrollFindings('lane of 3,000', laneScroll, floor),
    ...filter,
    ...filterKanban,
    ...palette,
    ...heap,
    { what: 'whole project as a graph painted', unit: 'ms', samples: [graph.took] },
    { what: '… nodes in it', unit: 'count', samples: [nodes], aims: [{ at: 'p50', most: 150 }] },
  ]
}

/** From the end of the HTML to the painted cards; each in a profile of its own, then again with a warm cache. */
async function firstPaints(bench: Bench, address: string): Promise<Finding[]> {
  const first: number[] = []
  const again: number[] = []
  for (let n = 0; n < 5; n += 1) {
    const context = await bench.profile()
    first.push(await sinceHtml(context, address))
    again.push(await sinceHtml(context, address))
    await context.close()
  }
  const aims = [{ at: 'p50', most: 1_000 }] as const
  return [
    { what: 'HTML → board painted, empty cache, signing in', unit: 'ms', samples: first, aims },
    { what: 'HTML → board painted, again', unit: 'ms', samples: again, aims },
  ]
}

async function sinceHtml(context: BrowserContext, address: string): Promise<number> {
  const { page, took } = await openAndPaint(context, address, card)
  const html = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    return navigation?.responseEnd ?? NaN
  })
  await page.close()
  return took - html
}

function scrollFindings(what: string, { frames, longTasks, nodes, work }: Scrolled, { scroll }: Floor): Finding[] {
  const slow = (all: readonly number[]): number => all.filter((frame) => frame > 50).length
  const against = { what: 'an empty page', median: quantile(scroll.frames, 'p50') }
  return [
    { what: `${what} scrolled: from frame to frame`, unit: 'ms', samples: frames, against },
    {
      what: '… processor time of the page in a frame',
      unit: 'ms',
      samples: [work / frames.length],
      aims: [{ at: 'p50', most: frameMs }],
      note: `an empty page: ${(scroll.work / scroll.frames.length).toFixed(2)}`,
    },
    {
      what: '… frames over 50 ms',
      unit: 'count',
      samples: [slow(frames)],
      aims: [{ at: 'p50', most: 0 }],
      note: `an empty page: ${slow(scroll.frames)} of ${scroll.frames.length}`,
    },
    { what: '… tasks over 50 ms', unit: 'count', samples: [longTasks], note: `an empty page: ${scroll.longTasks}` },
    { what: '… cards in the DOM, at most', unit: 'count', samples: [nodes], aims: [{ at: 'p50', most: mostNodes }] },
  ]
}

/** Forth and back: each key narrows or widens what is shown. */
async function filterTyped(page: Page, where: string, floor: Floor): Promise<Finding[]> {
  await page.locator('input[placeholder="Search"]').focus()
  await page.waitForTimeout(restMs)
  await searchesOf(page)
  const keys = texts.flatMap((text) => [...keysOf(text), ...Array.from(text, () => 'Backspace')])
  const samples = await typed(page, keys, '[data-shown]')
  return typedFindings(`filter of the ${where}: key`, samples, await searchesOf(page), floor)
}

async function paletteTyped(page: Page, floor: Floor): Promise<Finding[]> {
  await page.keyboard.press('Control+k')
  await page.locator('[role="combobox"]').waitFor()
  await page.waitForTimeout(restMs)
  await searchesOf(page)
  const samples = await typed(page, keysOf(texts[0]), '#palette-list')
  return typedFindings('palette: key', samples, await searchesOf(page), floor)
}

function typedFindings(
  what: string,
  samples: readonly Typed[],
  searches: readonly number[],
  { typing }: Floor,
): Finding[] {
  if (samples.length === 0) throw new Error(`no ${what} changed anything`)
  const median = quantile(
    typing.map(({ painted }) => painted),
    'p50',
  )
  const line = (part: string, of: keyof Typed, more: Partial<Finding> = {}): Finding => ({
    what: part,
    unit: 'ms',
    samples: samples.map((one) => one[of]),
    ...more,
  })
  return [
    line(`${what} → result in the page`, 'changed', { aims: [{ at: 'p95', most: frameMs }] }),
    line('… the page is held up by the key', 'free', {
      note: 'with the frame of the result, where that is known at once',
    }),
    {
      what: '… index asked → answered, in its thread',
      unit: 'ms',
      samples: searches,
      note: 'with what is looked for in advance',
    },
    line('… processor time of the page', 'work', { note: 'with what follows it: address, rows beyond what is seen' }),
    line('… key → result painted', 'painted', { against: { what: 'an empty page', median } }),
  ]
}

/** An idle page that scrolls plain boxes, and one that repeats what is typed. */
async function floorOf(context: BrowserContext): Promise<Floor> {
  const page = await context.newPage()
  const boxes = Array.from({ length: 1_000 }, (_, n) => `<p style="height:60px">${n}</p>`).join('')
  await page.setContent(`<input><output></output><div id="box" style="height:700px;overflow:auto">${boxes}</div>`)
  await page.evaluate(() => {
    const field = document.querySelector('input')
    const shown = document.querySelector('output')
    field?.addEventListener('input', () => shown?.replaceChildren(field.value))
    field?.focus()
  })
  const typing = await typed(page, keysOf(texts[0]), 'output')
  const scroll = await scrolled(page, '#box', 'p.none')
  await page.close()
  return { scroll, typing }
}

function keysOf(text: string): string[] {
  return Array.from(text, (letter) => (letter === ' ' ? 'Space' : letter))
}

/** What is edited by another client comes to the open page; a first dozen edits fill what is filled once. */
async function heapOver(page: Page, api: ApiClient): Promise<Finding[]> {
  const edit = (turn: number): Promise<unknown> =>
    api.change('PATCH', `/beads/gm-${(300 + turn).toString(36)}`, { priority: turn % 5, title: `Edited ${turn}` })
  await repeated(12, (turn) => edit(turn))
  await page.waitForTimeout(1_500)
  const before = await heapOf(page)
  const samples = await repeated(edits, (turn) => edit(turn + 20))
  await page.waitForTimeout(1_500)
  const after = await heapOf(page)
  return [
    { what: 'edit sent → answered', unit: 'ms', samples },
    { what: 'JavaScript of the page, before the edits', unit: 'MB', samples: [before / 1e6] },
    {
      what: `… more after ${edits} edits`,
      unit: 'kB',
      samples: [Math.max(0, after - before) / 1_000],
      aims: [{ at: 'p50', most: 1_000 }],
    },
  ]
}
