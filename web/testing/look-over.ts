/** Looks over what a page shows: no finding of axe, nothing sticks out, everything can be hit by a finger. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, it } from 'vitest'
import type { ApiDouble } from './api-double.ts'
import { see, type ConsoleBench } from './console-bench.ts'

/** A view, or a state of one. */
export interface View {
  readonly path: string
  /** What shows that it is there. */
  readonly shows: string | RegExp
  /** The way there from its path. */
  readonly get?: (page: Page, api: ApiDouble) => Promise<unknown>
  /** Each width and each scheme once: it differs from another view only in its bead. */
  readonly brief?: true
}

type Look = readonly [scheme: 'light' | 'dark', width: number, height: number]

const looks: readonly Look[] = [
  ['light', 1440, 900],
  ['dark', 1440, 900],
  ['dark', 390, 844],
  ['light', 390, 844],
]

/** A test for each view: light and dark, on a desk and on a phone. */
export function itLooksOver(bench: ConsoleBench, views: Readonly<Record<string, View>>): void {
  it.each(Object.entries(views))(
    '%s: light and dark, on a desk and on a phone',
    async (_, { path, shows, get, brief }) => {
      const page = await bench.open({ reducedMotion: 'reduce' })
      await bench.signIn(path, page)
      await see(page.getByText(/^(Reading|Loading) .*…$/)).toHaveCount(0)
      await get?.(page, bench.api)
      await see(page.getByText(shows).first()).toBeAttached()
      await lookOver(
        page,
        brief === true ? looks.filter(([scheme, width]) => (scheme === 'light') === width > 720) : looks,
      )
    },
  )
}

async function lookOver(page: Page, chosen: readonly Look[]): Promise<void> {
  for (const [colorScheme, width, height] of chosen) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height })
    expect(await findings(page), `${colorScheme} ${width}`).toEqual([])
    expect(await page.evaluate(tooWide), `${colorScheme} ${width}`).toEqual([])
    if (width < 720) expect(await page.evaluate(tooSmall), `${colorScheme} ${width}`).toEqual([])
  }
}

async function findings(page: Page): Promise<string[]> {
  // What an agent draws is its own; the screen reader switch tells it as text. Legacy is to look at one frame: there are no more.
  const axe = new AxeBuilder({ page })
    .setLegacyMode()
    .exclude('.xterm-rows')
    .options({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`))
}

/** Boxes that are wider than they may be: the page, and what scrolls up and down only. */
function tooWide(): string[] {
  const boxes = [document.documentElement, ...document.querySelectorAll<HTMLElement>('.page, aside .body, dialog')]
  return boxes
    .filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth} > ${box.clientWidth}`)
}

/** What a finger does not hit: everything to press or to write in that is smaller than 40 pixels. */
function tooSmall(): string[] {
  const controls = document.querySelectorAll<HTMLElement>(
    'button, select, textarea, input:not([type="checkbox"]), summary, nav a, a.button, [role="option"]',
  )
  return (
    [...controls]
      .filter((control) => control.closest('.xterm') === null && control.checkVisibility())
      // What is written beside a radio button is hit for it.
      .map((control) => control.closest<HTMLElement>('label:has(> input[type="radio"])') ?? control)
      .map((control) => ({ control, box: control.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 40 || box.height < 40))
      .map(
        ({ control, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${control.outerHTML.slice(0, 120)}`,
      )
  )
}
