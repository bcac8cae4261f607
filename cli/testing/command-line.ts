import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exec, run, type ExecResult } from '../../runtime/exec.ts'
import { agentsTemplate, projectTemplate } from '../templates.ts'

const entry = fileURLToPath(new URL('../gemba.ts', import.meta.url))

/** The `gemba` command in a folder of its own, as a person runs it. `release` removes all it has written. */
export class CommandLine {
  readonly #base = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-cli-')))
  /** Where the commands run: an empty folder at first. */
  readonly folder = join(this.#base, 'project')
  /** Stands for the user's state folder. */
  readonly state = join(this.#base, 'state')

  constructor() {
    mkdirSync(this.folder)
  }

  gemba(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ExecResult> {
    return exec(process.execPath, [entry, ...args], this.#options(env))
  }

  /** The same without what lets root pass by permissions. */
  gembaAsPlainUser(args: readonly string[]): Promise<ExecResult> {
    const without = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'] : []
    const [program = '', ...words] = [...without, process.execPath, entry, ...args]
    return exec(program, words, this.#options({}))
  }

  /** A repository without a commit. */
  async repository(): Promise<void> {
    await run('git', ['init', '-q', '-b', 'trunk', this.folder])
  }

  /** A repository with a commit, and a project in it, as `gemba init` makes it. */
  async project(): Promise<void> {
    await this.repository()
    const as = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost']
    await run('git', ['-C', this.folder, ...as, 'commit', '-q', '--allow-empty', '-m', 'Begin'])
    mkdirSync(join(this.folder, '.gemba'))
    const project = { id: 'shop', name: 'Shop', base: 'trunk' }
    writeFileSync(join(this.folder, '.gemba/gemba.toml'), projectTemplate(project))
    writeFileSync(join(this.folder, '.gemba/agents.toml'), agentsTemplate({ scripted: false }), { mode: 0o600 })
  }

  release(): void {
    chmodSync(this.folder, 0o755)
    rmSync(this.#base, { recursive: true, force: true })
  }

  #options(env: NodeJS.ProcessEnv): { cwd: string; env: NodeJS.ProcessEnv } {
    return { cwd: this.folder, env: { ...process.env, XDG_STATE_HOME: this.state, ...env } }
  }
}
