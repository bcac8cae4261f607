import type { Actor } from '../../model/actor.ts'
import type {
  BeadsExchange,
  ExportFormat,
  ImportOptions,
  ImportPlan,
  ImportRow,
  ImportText,
} from '../../model/exchange.ts'

/** In memory: each line that is a bead with an id is new, every other is refused. */
export class MemoryExchange implements BeadsExchange {
  readonly imported: { readonly actor: Actor; readonly bases: readonly string[] }[] = []
  exported = ['{"_type":"issue","id":"gm-1"}\n']
  /** Awaited by each step. */
  before: () => Promise<void> = async () => {}
  /** Awaited by an import before each row but the first. */
  between: () => Promise<void> = async () => {}

  async export(_: ExportFormat, write: (text: string) => Promise<void>): Promise<number> {
    await this.before()
    for (const text of this.exported) await write(text)
    return this.exported.length
  }

  async plan(texts: readonly ImportText[], { progress }: Pick<ImportOptions, 'progress'> = {}): Promise<ImportPlan> {
    await this.before()
    const rows = await rowsOf(texts)
    progress?.(rows.length, rows.length)
    return { rows, bases: rows.map(({ verdict }) => verdict) }
  }

  async import(
    texts: readonly ImportText[],
    { actor, bases = [], settled }: ImportOptions,
  ): Promise<readonly ImportRow[]> {
    await this.before()
    this.imported.push({ actor, bases })
    const rows = await rowsOf(texts)
    for (const [index, row] of rows.entries()) {
      try {
        if (index > 0) await this.between()
      } catch (error) {
        const left = rows.slice(index).map((each) => ({ ...each, verdict: 'refused', reason: 'broken_off' }) as const)
        await settled?.(left.map((each) => ({ ...each, why: 'the import broke off before it was written' })))
        throw error
      }
      await settled?.([row])
    }
    return rows
  }
}

async function rowsOf(texts: readonly ImportText[]): Promise<ImportRow[]> {
  let text = ''
  for (const { chunks } of texts) for await (const chunk of chunks()) text += Buffer.from(chunk).toString()
  return text.split('\n').flatMap((each, index) => (each === '' ? [] : [rowOf(each, index + 1)]))
}

function rowOf(text: string, line: number): ImportRow {
  const id = /"id":"([^"]*)"/.exec(text)?.[1]
  const at = { file: '', line, changes: [], note: '' }
  if (id === undefined) {
    return { ...at, kind: 'unknown', bead: '', verdict: 'refused', reason: 'malformed', why: 'it is not a JSON object' }
  }
  return { ...at, kind: 'issues', bead: id, verdict: 'created', reason: 'new', why: '' }
}
