import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { GembaError } from '../model/error.ts'

interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: NodeJS.WritableStream
}

/** Asks for a password at the terminal, and shows nothing of it. `usage` where there is no terminal. */
export async function askPassword(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  if (input.isTTY !== true) {
    const why = '--ask-password needs a terminal; without one, name a file by GEMBA_BEADS_PASSWORD_FILE'
    throw new GembaError('usage', { why })
  }
  output.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input, output: silent, terminal: true })
  try {
    return await new Promise((resolve, reject) => {
      reader.once('line', resolve)
      reader.once('close', () => reject(new GembaError('usage', { why: 'no password was given' })))
    })
  } finally {
    reader.close()
    output.write('\n')
  }
}
