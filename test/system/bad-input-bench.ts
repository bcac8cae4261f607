import { existsSync, readFileSync } from 'node:fs'
import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection, type Connection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EscalationView } from '../../model/escalation.ts'
import type { SessionView } from '../../model/session.ts'
import { run } from '../../runtime/exec.ts'
import type { BeadsServerSettings, ServerSettings } from '../../runtime/settings.ts'
import { locateTool } from '../../runtime/tools/locate.ts'
import { eventually, type ApiClient } from './api-client.ts'
import { createProject, RunningGemba, type TestProject } from './running-gemba.ts'

/** How long a test of the whole way may take. */
export const limit = 180_000
/** How long one step of it may take. */
export const patience = 120_000

const ghost = [
  '[[agent]]',
  'name = "ghost"',
  'command = "gemba-no-such-program"',
  'hooks = "none"',
  'preamble = "file"',
  'max_parallel = 8',
].join('\n')

const repositories = [
  ...['[[repository]]', 'id = "empty"', 'path = ".gemba/empty"', 'prefixes = ["em"]'],
  ...['[[repository]]', 'id = "gone"', 'path = ".gemba/gone"', 'prefixes = ["go"]', ''],
].join('\n')

export interface Answer {
  readonly status: number
  readonly body: { readonly code?: string; readonly detail?: string; readonly mend?: string; readonly nonce?: string }
  readonly text: string
}

/** The description of a bead whose scripted agent does these steps. */
export const steps = (...lines: string[]): string => ['Do it.', '```gemba-steps', ...lines, '```', ''].join('\n')
/** The description of a bead that writes a file. */
export const work = (file: string): string => steps(`write ${file}`, '  x', `commit Add ${file}`, 'done')

/**
 * A real `gemba serve` that meets bad input, and another program on its database. It has an agent whose program is
 * missing (`ghost`), a repository without commits (`empty`) and one that is not there (`gone`).
 */
export class BadInputBench {
  readonly #releases: (() => Promise<unknown>)[] = []
  #project: TestProject | undefined
  #gemba: RunningGemba | undefined
  #outsider: Connection | undefined

  /** For the tests of this file: opened before them, released after them. */
  static forThisFile(): BadInputBench {
    const bench = new BadInputBench()
    beforeAll(() => bench.#open())
    afterAll(() => bench.#release())
    return bench
  }

  get api(): ApiClient {
    return present(this.#gemba).api
  }

  get folder(): string {
    return present(this.#project).folder
  }

  get outsider(): Connection {
    return present(this.#outsider)
  }

  async create(title: string, description: string, more: object = {}): Promise<string> {
    return (await this.api.create({ title, description, ...more })).id
  }

  async closed(bead: string): Promise<void> {
    await eventually(`${bead} is done`, async () => (await this.api.bead(bead)).status === 'closed', patience)
  }

  ended(session: string): Promise<SessionView> {
    return eventually(
      `${session} has ended`,
      async () => (await this.api.sessions()).find((view) => view.id === session && view.endedAt !== null),
      patience,
    )
  }

  openEscalation(bead: string): Promise<EscalationView> {
    return eventually(
      `${bead} asks`,
      async () => (await this.api.escalations()).find((view) => view.bead === bead && view.state === 'open'),
      patience,
    )
  }

  /** Why it is parked. */
  async parked(bead: string): Promise<string> {
    return eventually(
      `${bead} is parked`,
      async () => {
        const { items } = await this.api.get<{ items: { bead: string; why: string }[] }>('/parked')
        return items.find((item) => item.bead === bead)?.why
      },
      patience,
    )
  }

  /** What sessions of a bead told people while they went on. */
  async notesOf(bead: string): Promise<string[]> {
    const events = await this.api.events()
    return events.flatMap(({ body }) =>
      body.kind === 'session.changed' && body.session.bead === bead ? [body.session.note] : [],
    )
  }

  /** How often it was parked. */
  async parkings(bead: string): Promise<number> {
    return (await this.api.events()).filter(({ body }) => body.kind === 'bead.parked' && body.bead === bead).length
  }

  /** Another program that writes to the same database. */
  async outside(sql: string, ...values: string[]): Promise<void> {
    await this.outsider.query(sql, values)
    // Another commit may have taken the row along already.
    await this.outsider.query("CALL DOLT_COMMIT('-A', '--skip-empty', '-m', 'outside')")
  }

  /** A request as it is, without what the client would add. */
  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.api.base}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.api.token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']), text }
  }

  async nonceFor(method: string, path: string, body: unknown): Promise<string> {
    const issued = await this.send('POST', '/nonces', { method, path: `/api/v1${path}`, body })
    return issued.body.nonce ?? ''
  }

  async expectNoCanary(): Promise<void> {
    const names = await readdir(this.folder, { recursive: true })
    expect(names.filter((name) => name.split('/').at(-1) === 'canary')).toEqual([])
    expect(existsSync('canary')).toBe(false)
  }

  async #open(): Promise<void> {
    const project = await createProject({
      agents: ghost,
      maxSessions: 32,
      timing: { restart: [200, 300], relaunch: [200, 500], heartbeat: 3_000 },
    })
    this.#releases.push(() => project.release())
    this.#project = project
    await run(locateTool('git'), ['init', '-q', '-b', 'main', join(project.folder, '.gemba', 'empty')])
    await appendFile(join(project.folder, '.gemba', 'gemba.toml'), repositories)
    const gemba = await RunningGemba.start(project)
    this.#releases.push(() => gemba.stop())
    this.#gemba = gemba
    await gemba.hostOnline()
    const outsider = await connectTo(project)
    this.#releases.push(() => outsider.end())
    this.#outsider = outsider
  }

  async #release(): Promise<void> {
    for (const release of this.#releases.reverse()) await release()
  }
}

/** The last tests of a file: whatever came in, the record is whole and nothing was carried out. */
export function afterAllThat(bench: BadInputBench): void {
  describe('after all that', () => {
    it('the event log has neither gap nor repeat, and no canary was touched', async () => {
      const events = await bench.api.events()
      expect(events.map((event) => event.number)).toEqual(events.map((_, index) => index + 1))
      const keys = events.map((event) => `${event.source}#${event.sourceRevision}`)
      expect(new Set(keys).size).toBe(keys.length)
      await bench.expectNoCanary()
    })
  })
}

async function connectTo(project: TestProject): Promise<Connection> {
  const file = join(project.folder, '.gemba/data/settings/server.json')
  const { beads } = JSON.parse(readFileSync(file, 'utf8')) as ServerSettings
  const { host, port, user, database, passwordFile } = beads as BeadsServerSettings
  const password = passwordFile === null ? '' : readFileSync(passwordFile, 'utf8').trim()
  return createConnection({ host, port, user, password, database, charset: 'utf8mb4' })
}

function present<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('it has not been opened yet')
  return part
}
