import type { Verdict } from '../../../model/exchange.ts'
import type { ImportLine } from '../api/types.ts'
import type { Sign } from './words.ts'

const before: Readonly<Record<Verdict, Sign>> = {
  created: { word: 'will be created', icon: 'plus', tone: 'good' },
  updated: { word: 'will be updated', icon: 'merge', tone: 'busy' },
  skipped: { word: 'skipped', icon: 'arrow', tone: 'plain' },
  refused: { word: 'not taken', icon: 'alert', tone: 'bad' },
}

const after: Readonly<Record<Verdict, Sign>> = {
  ...before,
  created: { ...before.created, word: 'created' },
  updated: { ...before.updated, word: 'updated' },
}

/** What becomes, or became, of a line. */
export function verdictSign(verdict: Verdict, isDone: boolean): Sign {
  return (isDone ? after : before)[verdict]
}

/** Why, in one text; the fields in which they differ stand first. */
export function lineWords({ changes, why }: Pick<ImportLine, 'changes' | 'why'>): string {
  const fields = changes.filter((name) => name !== 'updated_at').map((name) => name.replaceAll('_', ' '))
  return [...(fields.length === 0 ? [] : [`differs in ${fields.join(', ')}`]), ...why].join('; ')
}
