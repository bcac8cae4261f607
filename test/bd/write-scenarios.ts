import { creates } from './write-scenarios/creates.ts'
import { deletes } from './write-scenarios/deletes.ts'
import { ends } from './write-scenarios/ends.ts'
import { links } from './write-scenarios/links.ts'
import { others } from './write-scenarios/others.ts'
import { updates } from './write-scenarios/updates.ts'
import type { WriteScenario } from './write-scenarios/write-scenario.ts'

/** Every logical write, by what it is about. */
export const writeScenarios: readonly WriteScenario[] = [
  ...creates,
  ...updates,
  ...ends,
  ...others,
  ...links,
  ...deletes,
]
