import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { GembaError } from '../../../model/error.ts'
import type { TerminalSnapshot } from '../../../model/orchestration-plane.ts'
import { writeFileAtomic } from '../../atomic-file.ts'
import { paneSize } from '../../../model/pane-size.ts'
import { plainText } from '../../../model/plain-text.ts'
import { identify, isAlive, type ProcessIdentity } from '../../../runtime/process-identity.ts'
import { keeperName, openControlClient, TmuxRefusal, type ControlClient } from './control-client.ts'
import { historyLines, tmuxConfiguration } from './tmux-configuration.ts'
import { openTerminalFeed, type TerminalFeed } from './terminal-feed.ts'

export interface Pane {
  /** tmux's immutable ids, good for one server only. */
  readonly pane: string
  readonly window: string
  readonly process: ProcessIdentity
  readonly server: ProcessIdentity
}

/** The panes of one tmux server, by its immutable ids. No text from outside is ever part of a command. */
export interface Terminals {
  readonly client: ControlClient
  readonly feed: TerminalFeed
  /** Opens a window that runs the launcher (a generated file). `name` is generated too. */
  launch(name: string, launcher: string): Promise<Pane>
  /** The panes whose window's name begins so; dead ones too. */
  find(prefix: string): Promise<Pane[]>
  close(pane: Pane): Promise<void>
  /** Exit status of a pane's ended program; null when tmux does not know. */
  exitStatus(pane: Pane): Promise<number | null>
  /** The visible screen as text, without escapes. */
  screen(pane: Pane): Promise<string>
  /** Scroll-back and screen as bytes for a terminal. */
  snapshot(pane: Pane): Promise<TerminalSnapshot>
  /** Types a text as a paste, then the Return key. */
  type(pane: Pane, text: string): Promise<void>
  /** Presses keys, byte by byte. */
  press(pane: Pane, bytes: Uint8Array): Promise<void>
  resize(pane: Pane, columns: number, rows: number): Promise<void>
  /** Ends the server when nothing lives on it but its keeper; else it goes on. Leaves it. */
  leave(): Promise<void>
}

const paneFormat = '#{pane_id} #{window_id} #{pane_pid} #{window_name}'
const lifeFormat = '#{pane_dead} #{pane_pid} #{window_name}'
const sizeFormat = '#{pane_width} #{pane_height} #{cursor_x} #{cursor_y} #{alternate_on} #{cursor_flag}'
/** Longest that a server is waited for to say what lives on it. */
const leaveLimitMs = 2_000
/** Between a paste and Return: agents take a Return inside the same burst for a part of the paste. */
const pasteSettleMs = 200

export interface TerminalsOptions {
  readonly tmux: string
  readonly socket: string
  /** Our own folder for the configuration and for texts on their way to and from tmux. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** The panes of the server we are connected to, asked at each connection. */
  readonly shown: () => readonly { readonly pane: string; readonly session: string }[]
}

export function openTerminals(options: TerminalsOptions): Terminals {
  rmSync(options.folder, { recursive: true, force: true })
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const configuration = join(options.folder, 'tmux.conf')
  writeFileAtomic(configuration, tmuxConfiguration())
  let count = 0
  const nextBuffer = () => `gmb-${process.pid}-${(count += 1)}`

  const client: ControlClient = openControlClient({
    ...options,
    configuration,
    connected: () => feed.reconnected(options.shown()),
    output: (pane, bytes) => feed.output(pane, bytes),
    paused: (pane) => feed.paused(pane),
  })
  const silent = async (words: readonly string[]) => client.command(words, () => undefined)

  /** Captured text comes by a file: in tmux's answer a line of it could pass for the end of the answer. */
  const capture = async <T>(pane: string, flags: readonly string[], read: (text: string) => T): Promise<T> => {
    const buffer = nextBuffer()
    const file = join(options.folder, buffer)
    try {
      const captured = client.look(['capture-pane', '-b', buffer, ...flags, '-t', pane], () => undefined)
      const saved = client.look(['save-buffer', '-b', buffer, literal(file)], () =>
        read(whole(readFileSync(file, 'utf8'), file)),
      )
      const deleted = client.look(['delete-buffer', '-b', buffer], () => undefined)
      const [first, second] = await Promise.allSettled([captured, saved, deleted])
      if (first.status === 'rejected') throw first.reason
      if (second.status === 'rejected') throw second.reason
      return second.value
    } finally {
      rmSync(file, { force: true })
    }
  }
  const size = (pane: string) =>
    client.look(['display-message', '-p', '-t', pane, sizeFormat], (lines) => (lines[0] ?? '').split(' ').map(Number))
  const snapshot = async (pane: string, history: number, mark: () => void): Promise<TerminalSnapshot> => {
    const sized = size(pane)
    const captured = capture(pane, ['-e', '-S', String(-history)], (text) => {
      mark()
      return text
    })
    const [[columns = paneSize.columns, rows = paneSize.rows, x = 0, y = 0, alternate, cursor], text] =
      await Promise.all([sized, captured])
    const lines = text.replace(/\n$/, '').split('\n')
    const [prefix, shown] = alternate === 1 ? ['\u001b[?1049h\u001b[H', lines.slice(-rows)] : ['', lines]
    const screen = `${prefix}${shown.join('\r\n')}\u001b[0m\u001b[${y + 1};${x + 1}H`
    return { columns, rows, screen: cursor === 0 ? `${screen}\u001b[?25l` : screen }
  }

  const feed = openTerminalFeed({
    flow: (pane, on) => silent(['refresh-client', '-A', `${pane}:${on ? 'continue' : 'pause'}`]),
    redraw: async (pane, mark) => (await snapshot(pane, 0, mark)).screen,
  })

  const server = () => {
    const known = client.server()
    if (known === undefined) throw new TmuxRefusal('server', 'is gone')
    return known
  }
  return {
    client,
    feed,
    async launch(name, launcher) {
      const words = ['new-window', '-d', '-t', 'gemba:', '-n', name, '-c', '/', '-P', '-F', paneFormat]
      const line = await client.command([...words, '/bin/sh', launcher], (lines) => lines[0] ?? '')
      const pane = await readPane(line, server())
      feed.add(pane.pane)
      await silent(['resize-window', '-t', pane.pane, '-x', String(paneSize.columns), '-y', String(paneSize.rows)])
      return pane
    },
    async find(prefix) {
      const lines = await client.look(['list-panes', '-a', '-F', paneFormat], (all) => all)
      const mine = lines.filter((line) => line.split(' ')[3]?.startsWith(prefix) === true)
      return Promise.all(mine.map((line) => readPane(line, server())))
    },
    async close(pane) {
      feed.remove(pane.pane)
      await silent(['kill-window', '-t', pane.window]).catch(ignoreRefusal)
    },
    async exitStatus(pane) {
      const words = ['display-message', '-p', '-t', pane.pane, '#{pane_dead} #{pane_dead_signal} #{pane_dead_status}']
      for (let look = 0; look < 20; look += 1) {
        const said = await client.look(words, (lines) => lines[0] ?? '').catch(ignoreRefusal)
        if (said === undefined) return null
        // A pane is dead a moment before its status is known.
        const [dead, signal, status] = said.split(' ')
        if (dead === '1' && status !== undefined && status !== '') return Number(status)
        if (dead === '1' && signal !== '') return null
        if (look === 3) nudge(pane.server)
        await pause(25)
      }
      return null
    },
    screen: (pane) => capture(pane.pane, [], (text) => plainText(text, 60_000)),
    snapshot: (pane) => snapshot(pane.pane, historyLines, () => feed.mark(pane.pane)),
    async type(pane, text) {
      const buffer = nextBuffer()
      const file = join(options.folder, buffer)
      writeFileSync(file, plainText(text, 100_000), { mode: 0o600 })
      try {
        await silent(['copy-mode', '-q', '-t', pane.pane])
        await silent(['load-buffer', '-b', buffer, literal(file)])
        await silent(['paste-buffer', '-d', '-p', '-b', buffer, '-t', pane.pane])
      } finally {
        rmSync(file, { force: true })
      }
      await pause(pasteSettleMs)
      await silent(['send-keys', '-t', pane.pane, '-H', '0d'])
    },
    async press(pane, bytes) {
      await silent(['copy-mode', '-q', '-t', pane.pane])
      for (let index = 0; index < bytes.length; index += 1024) {
        const keys = [...bytes.subarray(index, index + 1024)].map((byte) => byte.toString(16).padStart(2, '0'))
        await silent(['send-keys', '-t', pane.pane, '-H', ...keys])
      }
    },
    async resize(pane, columns, rows) {
      const [x, y] = [clamp(columns, 20, 500), clamp(rows, 5, 200)]
      await silent(['resize-window', '-t', pane.pane, '-x', String(x), '-y', String(y)])
    },
    async leave() {
      feed.close()
      // Without a connection nobody can say what lives: then the server goes on.
      if (client.server() !== undefined) {
        const ended = endUnlessLivedIn(client).catch(() => undefined)
        await Promise.race([ended, pause(leaveLimitMs)])
      }
      await client.close()
    },
  }
}

/** On a full disk tmux leaves out the end, or everything, without a word; a captured screen ends with a new line. */
function whole(text: string, file: string): string {
  if (!text.endsWith('\n')) throw new GembaError('disk_full', { path: file })
  return text
}

async function endUnlessLivedIn(client: ControlClient): Promise<void> {
  const lines = await client.look(['list-panes', '-a', '-F', lifeFormat], (all) => all)
  const others = lines.map((line) => line.split(' ')).filter(([dead, , name]) => dead === '0' && name !== keeperName)
  // tmux may not have noticed yet that a program has ended.
  const programs = await Promise.all(others.map(([, pid]) => identify(Number(pid))))
  if (programs.some(isAlive)) return
  await client.command(['kill-server'], () => undefined)
}

async function readPane(line: string, server: ProcessIdentity): Promise<Pane> {
  const [pane = '', window = '', pid = ''] = line.split(' ')
  if (!/^%\d+$/.test(pane) || !/^@\d+$/.test(window)) throw new TmuxRefusal('new-window', 'gave no pane')
  return { pane, window, process: await identify(Number(pid)), server }
}

function ignoreRefusal(error: unknown): undefined {
  if (error instanceof TmuxRefusal) return undefined
  throw error
}

/** tmux 3.3 now and then misses the end of a pane's program; told that a child has ended it looks at all of them. */
function nudge(server: ProcessIdentity): void {
  if (isAlive(server)) process.kill(server.pid, 'SIGCHLD')
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.trunc(Number.isFinite(value) ? value : low)))
}

/** A path that tmux takes as it stands: it expands formats in the paths of these commands. */
function literal(path: string): string {
  return path.replaceAll('#', '##')
}
