import { printable } from './printable.ts'

/** Where the talk of set-up goes: lines for people, on standard error. Data never goes here. */
export interface Report {
  /** One step, done or begun. */
  line(text: string): void
  /** How far a long step is, 0 to 1 when that is known. Shown live on a terminal, now and then elsewhere. */
  progress(label: string, done: number, total: number | undefined, unit: 'bytes' | 'packages'): void
  /** The long step is over; its live line disappears. */
  endProgress(): void
}

/** Talks on standard error. */
export function createReport(stream: NodeJS.WriteStream = process.stderr): Report {
  const live = stream.isTTY === true && process.env['TERM'] !== 'dumb'
  let shown = 0
  let open = false
  const clear = (): void => {
    if (open) stream.write('\r\u001b[2K')
    open = false
  }
  return {
    line(text) {
      clear()
      stream.write(`${printable(text)}\n`)
    },
    progress(label, done, total, unit) {
      const now = performance.now()
      if (now - shown < (live ? 100 : 15_000)) return
      shown = now
      const text = `${label}  ${bar(done, total, live)}${amount(done, unit)}${total === undefined ? '' : ` of ${amount(total, unit)}`}`
      if (live) stream.write(`\r\u001b[2K${text.slice(0, Math.max(20, stream.columns - 1))}`)
      else stream.write(`${text}\n`)
      open = live
    },
    endProgress() {
      clear()
      shown = 0
    },
  }
}

function bar(done: number, total: number | undefined, live: boolean): string {
  if (!live || total === undefined || total === 0) return ''
  const filled = Math.round(Math.min(1, done / total) * 24)
  return `${'█'.repeat(filled)}${'░'.repeat(24 - filled)} `
}

function amount(count: number, unit: 'bytes' | 'packages'): string {
  return unit === 'bytes' ? `${(count / 1e6).toFixed(1)} MB` : `${count} packages`
}
