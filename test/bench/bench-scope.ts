import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import type { BeadsLogin } from '../../planes/work/login.ts'
import type { BeadsServerSettings, ServerSettings } from '../../runtime/settings.ts'
import { eventually } from '../system/api-client.ts'
import { createProject, RunningGemba, type ProjectOptions, type TestProject } from '../system/running-gemba.ts'
import type { ConsoleBrowser } from './console-browser.ts'

type Release = () => Promise<unknown> | void

/** What one measure works with. Everything it hands out is released by `close`, the latest first. */
export class Bench {
  readonly #browser: ConsoleBrowser
  readonly #releases: Release[] = []
  #closed = false

  constructor(browser: ConsoleBrowser) {
    this.#browser = browser
  }

  onClose(release: Release): void {
    if (this.#closed) void release()
    else this.#releases.push(release)
  }

  async project(options: ProjectOptions = {}): Promise<TestProject> {
    this.#requireOpen()
    const project = await createProject(options)
    this.onClose(() => project.release())
    return project
  }

  async start(project: TestProject): Promise<RunningGemba> {
    this.#requireOpen()
    const starting = RunningGemba.start(project)
    this.onClose(() =>
      starting.then(
        (gemba) => gemba.stop(),
        () => undefined,
      ),
    )
    return starting
  }

  /** A new project, served, with its host online. */
  async gemba(options: ProjectOptions = {}): Promise<RunningGemba> {
    const gemba = await this.start(await this.project(options))
    await eventually('the host is online', async () =>
      (await gemba.api.hosts()).some((host) => host.status === 'online'),
    )
    return gemba
  }

  /** A browser profile of its own, with an empty cache. */
  async profile(): Promise<BrowserContext> {
    const context = await this.#browser.profile()
    this.onClose(() => context.close())
    return context
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const release of this.#releases.splice(0).reverse()) {
      await Promise.resolve(release()).catch((error: unknown) =>
        process.stderr.write(`cleaning up: ${String(error)}\n`),
      )
    }
  }

  /** A measure that ran out of time may still be at work: it gets nothing more. */
  #requireOpen(): void {
    if (this.#closed) throw new Error('the measure is over')
  }
}

/** The address that signs a browser in. */
export function consoleAddress({ api }: RunningGemba, path = '/board'): string {
  return `${api.base}${path}#token=${api.token}`
}

/** What `gemba serve` told its server process. */
export function settingsOf({ project }: RunningGemba): ServerSettings {
  const file = join(project.folder, '.gemba', 'data', 'settings', 'server.json')
  return JSON.parse(readFileSync(file, 'utf8')) as ServerSettings
}

/** How to sign in to the project's Beads database. */
export function beadsLoginOf(gemba: RunningGemba): BeadsLogin {
  const { host, port, user, passwordFile, database } = settingsOf(gemba).beads as BeadsServerSettings
  const password = passwordFile === null ? {} : { password: readFileSync(passwordFile, 'utf8').trim() }
  return { host, port, user, database, ...password }
}
