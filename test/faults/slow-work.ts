import { expect } from 'vitest'
import { gitIn, type RunningGemba } from '../system/running-gemba.ts'

/**
 * The text of the n-th bead: work that takes a while and whose every part must stand in `work-<n>.txt` exactly once. It
 * asks before it ends, and so lives for as long as nobody answers.
 */
export function slowSteps(n: number, rounds: number): string {
  const lines = Array.from({ length: rounds }, (_, round) => [
    `append work-${n}.txt line ${round + 1}`,
    `commit Line ${round + 1}`,
    'sleep 3',
  ])
  return ['```gemba-steps', ...lines.flat(), 'ask Is that all? | yes', 'done', '```', ''].join('\n')
}

/** Each bead was done in one session and integrated once, and every event is there once and in order. */
export async function expectOnce(gemba: RunningGemba, ids: readonly string[], rounds: number): Promise<void> {
  const { folder } = gemba.project
  const sessions = await gemba.api.sessions()
  for (const [index, id] of ids.entries()) {
    expect(
      sessions.filter((view) => view.bead === id),
      id,
    ).toHaveLength(1)
    const text = await gitIn(folder, 'show', `main:work-${index + 1}.txt`)
    expect(text).toBe(Array.from({ length: rounds }, (_, round) => `line ${round + 1}\n`).join(''))
    const merges = await gitIn(folder, 'log', '--format=%H', `--grep=^Bead: ${id}$`, '--merges', 'main')
    expect(merges.trim().split('\n').filter(Boolean), id).toHaveLength(1)
  }
  const events = await gemba.api.events()
  expect(events.map((event) => event.number)).toEqual(events.map((_, index) => index + 1))
  const keys = events.map((event) => `${event.source}#${event.sourceRevision}`)
  expect(new Set(keys).size).toBe(keys.length)
}
