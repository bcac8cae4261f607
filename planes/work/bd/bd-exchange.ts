import type { GembaError } from '../../../model/error.ts'
import type { BeadsExchange } from '../../../model/exchange.ts'
import { exportThroughBd } from './bd-export.ts'
import { importThroughBd, planThroughBd } from './bd-import.ts'
import type { BdSource } from './bd-source.ts'

/** Export and import of a folder through bd; `refusal` says why nothing may be written, if so. */
export function bdExchange(source: BdSource, refusal: () => Promise<GembaError | null>): BeadsExchange {
  const writable = async (): Promise<void> => {
    const refused = await refusal()
    if (refused !== null) throw refused
  }
  return {
    export: (format, write) => exportThroughBd(source, format, write),
    plan: (texts, options) => planThroughBd(source, texts, options),
    import: async (texts, options) => {
      await writable()
      return importThroughBd(source, texts, options)
    },
  }
}
