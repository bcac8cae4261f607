import { GembaError } from '../../model/error.ts'

/** Why a bead is not to be closed, as `bead_close_refused`. */
export const closeRefusal = {
  pinned: (bead: string) => refused(bead, 'it is pinned'),
  gate: (bead: string, why: string) => refused(bead, why),
  held: (bead: string, by: readonly string[]) => refused(bead, `it is blocked by ${names(by)}`),
  openChildren: (bead: string, children: readonly string[]) =>
    refused(bead, `it has open children: ${names(children)}`),
}

function refused(bead: string, why: string): GembaError {
  return new GembaError('bead_close_refused', { bead, why })
}

function names(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).join(', ')
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown
}
