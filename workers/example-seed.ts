import { join } from 'node:path'
import { readExample } from '../agent/scripted/example.ts'
import { system } from '../model/actor.ts'
import type { WorkPlane } from '../model/work-plane.ts'
import { installation } from '../runtime/installation.ts'

/** The folder of the example that ships with Gemba. */
export function exampleFolder(): string {
  return join(installation().root, 'examples', 'my-project')
}

/** Fills an example's Beads database with its beads. What is there already stays as it is. */
export async function seedExample(plane: WorkPlane): Promise<void> {
  const example = await readExample(exampleFolder())
  const present = new Set((await plane.list()).map((bead) => bead.id))
  for (const { start: _start, ...bead } of example.beads) {
    if (present.has(bead.id)) continue
    await plane.create(bead, { actor: system, key: `example-${bead.id}` })
  }
}
