import type { Locator } from '@playwright/test'
import { ConsoleBench } from './console-bench.ts'

/** The console's bench with the hands and eyes for a board of rows. */
export class BoardBench extends ConsoleBench {
  /** Chooses a layout by its name. */
  layout(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click()
  }

  row(id: string): Locator {
    return this.page.locator(`[data-row="${id}"]`)
  }

  /** The keys of the rows that are drawn, in their order. */
  order(): Promise<string[]> {
    return this.page.locator('[data-row]').evaluateAll((rows) => rows.map((one) => one.getAttribute('data-row') ?? ''))
  }

  /** The key of the row that has the focus; undefined when none has it. */
  focused(): Promise<string | null | undefined> {
    return this.page.evaluate(() =>
      document.activeElement?.closest('[data-bead], [data-row]')?.getAttribute('data-row'),
    )
  }
}
