import type { BeadsLogin } from '../../planes/work/login.ts'
import { openBd, type Bd } from '../bd/bd-program.ts'
import type { Bench } from './bench-scope.ts'
import { repeated, type Finding } from './measure.ts'

/** `bd list` and `bd ready` on the same database, when there is `bd`; beside the medians of `ours`. */
export async function bdListings(
  bench: Bench,
  login: BeadsLogin,
  ours: { readonly what: string; readonly list: number; readonly ready: number },
  times: number,
): Promise<Finding[]> {
  const bd = await openBd(login)
  bench.onClose(() => bd?.release())
  if (bd === undefined) return [{ what: 'list and ready, bd', unit: 'ms', samples: [], note: 'bd not on PATH' }]
  const line = async (command: 'list' | 'ready'): Promise<Finding> => ({
    what: `bd ${command}`,
    unit: 'ms',
    samples: await repeated(times, () => listing(bd, command)),
    against: { what: ours.what, median: ours[command] },
  })
  return [await line('list'), await line('ready')]
}

/** It has succeeded only when it also said what it was asked for. */
async function listing(bd: Bd, command: 'list' | 'ready'): Promise<void> {
  const said = await bd.json<unknown>([command, '--limit', '0'])
  if (!Array.isArray(said) || said.length === 0) throw new Error(`bd ${command} listed nothing`)
}
