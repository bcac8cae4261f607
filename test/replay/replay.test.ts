import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { describe, expect, it } from 'vitest'
import { workflowBundle } from '../workflows/bench-of-doubles.ts'

const folder = fileURLToPath(new URL('../histories/', import.meta.url))
const histories = readdirSync(folder).filter((file) => file.endsWith('.json'))

/**
 * Histories of workflows that ran under earlier code. Each must replay under today's: users have such workflows open.
 * When one fails, use `patched()`; a history is never recorded anew to make this pass.
 */
describe('replay', () => {
  it('has histories of every durable process', () => {
    for (const kind of ['dispatch', 'session', 'escalation', 'host']) {
      expect(
        histories.some((file) => file.startsWith(`${kind}-`)),
        kind,
      ).toBe(true)
    }
  })

  it.each(histories)('%s', async (file) => {
    const history: unknown = JSON.parse(readFileSync(folder + file, 'utf8'))
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, file)
  })
})
