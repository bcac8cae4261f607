import type { BeadsExchange } from '../../model/exchange.ts'
import { openDatabase, type Database } from './database.ts'
import { exportJsonl } from './export-jsonl.ts'
import { importJsonl, planJsonl } from './import-jsonl.ts'
import type { BeadsLogin } from './login.ts'

/** Export and import of a Beads database on a Dolt server. A connection lives as long as one exchange. */
export function sqlExchange(login: BeadsLogin): BeadsExchange {
  const within = async <T>(use: (database: Database) => Promise<T>): Promise<T> => {
    const database = openDatabase(login)
    try {
      return await use(database)
    } finally {
      await database.close()
    }
  }
  return {
    export: (format, write) => within((database) => exportJsonl(database, format, write)),
    plan: (texts, options) => within((database) => planJsonl(database, texts, options)),
    import: (texts, options) => within((database) => importJsonl(database, texts, options)),
  }
}
