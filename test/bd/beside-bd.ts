import { afterAll, beforeAll, describe } from 'vitest'
import type { WorkPlane } from '../../model/work-plane.ts'
import { openBeads } from '../../planes/work/beads-sql.ts'
import { createBeads } from '../../planes/work/create-beads.ts'
import type { BeadsLogin } from '../../planes/work/login.ts'
import { startDoltServer, type DoltServer } from '../dolt-server.ts'
import { bdVersion, initBd, openBd, type Bd } from './bd-program.ts'
import { openPlain, type PlainDatabase } from './bead-rows.ts'

/** One database with Gemba, real `bd` and plain SQL on it. */
export interface Opened {
  readonly login: BeadsLogin
  readonly plane: WorkPlane
  readonly bd: Bd
  readonly plain: PlainDatabase
}

export type Maker = 'Gemba' | 'bd'

export interface Beside {
  open(database: string, made: Maker): Promise<Opened>
  /** Is called at the end. */
  onEnd(release: () => Promise<unknown>): void
}

/** A bead as bd prints it, as far as most answers go. */
export interface Said {
  readonly id: string
  readonly title: string
  readonly status: string
}

export const by = { actor: { name: 'Ada', via: 'console' } } as const

const { version, why } = await bdVersion()

/** Tests with real `bd` beside Gemba on one Dolt server. Without a bd that fits they are skipped, and say so. */
export function besideBd(title: string, body: (beside: Beside) => void): void {
  if (version === undefined) console.warn(`Skipped, as ${why}: ${title}.`)
  describe.skipIf(version === undefined)(`${title}, beside ${version ?? `bd, but ${why}`}`, () => {
    let server: DoltServer
    const releases: (() => Promise<unknown>)[] = []
    beforeAll(async () => {
      server = await startDoltServer()
    })
    afterAll(async () => {
      for (const release of releases.reverse()) await release()
      await server.release()
    })
    body({
      open: async (database, made) => {
        const login = { host: server.host, port: server.port, user: server.user, database }
        if (made === 'Gemba') await createBeads({ ...login, prefix: 'gm' })
        const bd = await (made === 'Gemba' ? openBd(login) : initBd(login, 'gm'))
        if (bd === undefined) throw new Error('bd is not on PATH')
        releases.push(() => bd.release())
        const plane = await openBeads(login)
        releases.push(() => plane.disconnect())
        const plain = openPlain(login)
        releases.push(() => plain.close())
        return { login, plane, bd, plain }
      },
      onEnd: (release) => releases.push(release),
    })
  })
}
