/** The live terminal of a session. Loads xterm.js: import it only from a lazy chunk. */
import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import type { IDisposable } from '@xterm/xterm'
import { Terminal } from '@xterm/xterm'
import { onScopeDispose, ref } from 'vue'
import { api } from '../api/client.ts'
import type { ServerNote } from '../domain/terminal-wire.ts'
import { acknowledger, backOff, keyPieces, noteOf } from '../domain/terminal-wire.ts'
import { fontToFit, terminalTheme } from '../domain/terminal-look.ts'
import { isReport, muteTerminal } from './mute-terminal.ts'

export type TerminalState = 'connecting' | 'live' | 'reconnecting' | 'ended'

const scrollback = 5_000
const fontPx = 13

/**
 * One xterm instance for the life of the view, across reconnects. Read-only until a person takes control: nothing is
 * wired to the keyboard before, and output never makes the terminal answer into the pane. While read-only it leaves
 * every key to the page, and under control `Mod+.` gives the keyboard back: nobody is trapped in it.
 */
export function useSessionTerminal(
  session: string,
  options: {
    readonly ended: () => boolean
    readonly openLink: (address: string) => void
    /** The keyboard left the terminal: something else needs the focus. */
    readonly gaveBack: () => void
  },
) {
  const state = ref<TerminalState>('connecting')
  const control = ref(false)
  const skipped = ref(false)
  const screenReader = ref(false)
  const why = ref('')
  /** Whether there is a screen to look at. */
  const drawn = ref(false)
  const fit = new FitAddon()
  const terminal = new Terminal({
    disableStdin: true,
    scrollback,
    fontSize: fontPx,
    fontFamily: "'JetBrains Mono', ui-monospace, 'SF Mono', Menlo, 'Liberation Mono', monospace",
    lineHeight: 1.15,
    theme: terminalTheme,
    cursorBlink: false,
    minimumContrastRatio: 4.5,
    altClickMovesCursor: false,
    linkHandler: { activate: (_event, address) => openSafely(address), allowNonHttpProtocols: false },
  })
  terminal.loadAddon(fit)
  muteTerminal(terminal)
  terminal.attachCustomKeyEventHandler(onKey)
  let box: HTMLElement | null = null
  let socket: WebSocket | null = null
  let attempts = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let wired: IDisposable[] = []
  let disposed = false
  const sizes = new ResizeObserver(() => scale())

  function mount(element: HTMLElement): void {
    if (options.ended()) {
      state.value = 'ended'
      return
    }
    box = element
    terminal.open(element)
    sizes.observe(element)
    void connect()
  }

  async function connect(): Promise<void> {
    const mine = await api.terminal(session).catch(() => null)
    if (disposed) return mine?.close()
    if (mine === null) return onClose()
    const ack = acknowledger((bytes) => send({ type: 'ack', bytes }))
    socket = mine
    mine.addEventListener('message', ({ data }) => {
      if (mine !== socket) return
      if (typeof data === 'string') onNote(noteOf(data))
      else if (data instanceof ArrayBuffer) {
        const bytes = new Uint8Array(data)
        terminal.write(bytes, () => {
          if (mine === socket) ack(bytes.length)
        })
      }
    })
    mine.addEventListener('close', () => {
      if (mine === socket) onClose()
    })
  }

  function onNote(note: ServerNote | null): void {
    if (note === null) return
    if (note.type === 'snapshot') {
      attempts = 0
      state.value = 'live'
      why.value = ''
      drawn.value = true
      skipped.value ||= note.skipped
      terminal.reset()
      terminal.resize(note.columns, note.rows)
      terminal.write(note.screen)
      scale()
    } else if (note.type === 'control') {
      if (note.on) wire()
      else unwire()
    } else if (note.type === 'host') {
      why.value = note.online ? '' : 'The host is away; the terminal goes on when it is back.'
    } else {
      why.value = note.text
    }
  }

  function onClose(): void {
    release()
    socket = null
    if (disposed) return
    if (options.ended()) {
      state.value = 'ended'
      why.value = ''
      return
    }
    state.value = 'reconnecting'
    attempts += 1
    timer = setTimeout(() => void connect(), backOff(attempts))
  }

  function takeControl(): void {
    if (state.value === 'live' && !control.value) send({ type: 'control', on: true })
  }

  /** The server agreed: from now on keys go to the pane. */
  function wire(): void {
    if (control.value) return
    control.value = true
    terminal.options.disableStdin = false
    terminal.options.cursorBlink = true
    wired = [terminal.onData(type)]
    terminal.focus()
  }

  /** False leaves the key to the page. */
  function onKey(event: KeyboardEvent): boolean {
    if (control.value) return !isGiveBack(event) || giveBack(event)
    const pages = event.key === 'PageUp' ? -1 : event.key === 'PageDown' ? 1 : 0
    if (pages !== 0 && event.type === 'keydown') {
      terminal.scrollPages(pages)
      event.preventDefault()
    }
    return false
  }

  function giveBack(event: KeyboardEvent): false {
    event.preventDefault()
    if (event.type === 'keydown') {
      release()
      options.gaveBack()
    }
    return false
  }

  function type(data: string): void {
    if (isReport(data)) return
    for (const piece of keyPieces(data)) send({ type: 'keys', data: piece })
  }

  /** Gives control back; also whenever the connection is lost. */
  function release(): void {
    if (control.value) send({ type: 'control', on: false })
    unwire()
  }

  function unwire(): void {
    for (const key of wired) key.dispose()
    wired = []
    control.value = false
    terminal.options.disableStdin = true
    terminal.options.cursorBlink = false
  }

  /** Makes the agent's own terminal as large as this window; only while in control. */
  function fitPane(): void {
    terminal.options.fontSize = fontPx
    const size = fit.proposeDimensions()
    if (!control.value || size === undefined) return
    const columns = Math.max(40, Math.min(300, size.cols))
    const rows = Math.max(10, Math.min(120, size.rows))
    terminal.resize(columns, rows)
    send({ type: 'resize', columns, rows })
    scale()
  }

  /** The pane keeps its size; the letters shrink until a row fits. */
  function scale(): void {
    if (box === null) return
    terminal.options.fontSize = fontToFit(box.clientWidth, terminal.cols, fontPx)
  }

  function setScreenReader(on: boolean): void {
    screenReader.value = on
    terminal.options.screenReaderMode = on
  }

  function openSafely(address: string): void {
    if (/^https?:\/\//i.test(address)) options.openLink(address)
  }

  function send(message: object): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
  }

  onScopeDispose(() => {
    disposed = true
    if (timer !== null) clearTimeout(timer)
    release()
    sizes.disconnect()
    socket?.close()
    terminal.dispose()
  })

  return { state, control, skipped, screenReader, why, drawn, mount, takeControl, release, fitPane, setScreenReader }
}

function isGiveBack(event: KeyboardEvent): boolean {
  return event.key === '.' && (event.ctrlKey || event.metaKey)
}
