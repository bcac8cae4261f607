import type { FileHandle } from 'node:fs/promises'

const newline = 0x0a
const stepBytes = 1024 * 1024

/**
 * Numbers of lines by their byte. Counts once through the file, and goes on from there; the start of each step is kept.
 * Who asks at the same time is told one after the other.
 */
export class LineNumbers {
  /** Line ends before byte `index * stepBytes`. */
  readonly #before = [0]
  #file = ''
  #last: Promise<unknown> = Promise.resolve()

  /** The number, from 1, of the line that begins at byte `start`. */
  at(file: FileHandle, start: number): Promise<number> {
    const count = (): Promise<number> => this.#count(file, start)
    const mine = this.#last.then(count, count)
    this.#last = mine.catch(() => undefined)
    return mine
  }

  async #count(file: FileHandle, start: number): Promise<number> {
    await this.#sameFile(file)
    const step = Math.floor(start / stepBytes)
    const buffer = Buffer.alloc(stepBytes)
    for (let next = this.#before.length - 1; next < step; next++) {
      this.#before.push((this.#before[next] ?? 0) + (await ends(file, buffer, next * stepBytes, stepBytes)))
    }
    return 1 + (this.#before[step] ?? 0) + (await ends(file, buffer, step * stepBytes, start - step * stepBytes))
  }

  /** Another file, or one that was cut, is counted anew. */
  async #sameFile(file: FileHandle): Promise<void> {
    const { dev, ino, size } = await file.stat()
    const name = `${dev} ${ino}`
    if (name === this.#file && size >= (this.#before.length - 1) * stepBytes) return
    this.#file = name
    this.#before.length = 1
  }
}

async function ends(file: FileHandle, buffer: Buffer, from: number, length: number): Promise<number> {
  let count = 0
  for (let read = 0; read < length;) {
    const { bytesRead } = await file.read(buffer, 0, length - read, from + read)
    if (bytesRead === 0) return count
    const seen = buffer.subarray(0, bytesRead)
    for (let at = seen.indexOf(newline); at >= 0; at = seen.indexOf(newline, at + 1)) count += 1
    read += bytesRead
  }
  return count
}
