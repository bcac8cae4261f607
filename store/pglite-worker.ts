import { parentPort, workerData } from 'node:worker_threads'
import type { PGlite } from '@electric-sql/pglite'
import { createDatabase, hasDatabase, openDatabase } from './pglite-folder.ts'
import type { FromPglite, PgliteWorkerData, ToPglite } from './pglite-message.ts'

/**
 * The thread that runs PGlite, so that WebAssembly never blocks the server's loop. It is one Postgres session that
 * answers wire-protocol messages, one batch after the other. A thread that created the database leaves at once and
 * is started again: creating takes 500 MB that only its end gives back.
 */
const { folder } = workerData as PgliteWorkerData
const port = parentPort
if (port === null) throw new Error('pglite-worker runs as a worker thread only')
const say = (message: FromPglite): void => port.postMessage(message)

try {
  if (hasDatabase(folder)) serve(await openDatabase(folder))
  else await createDatabase(folder)
} catch (error) {
  say({ kind: 'failed', why: error instanceof Error ? error.message : String(error) })
}

function serve(db: PGlite): void {
  let queue: Promise<void> = Promise.resolve()
  port?.on('message', (message: ToPglite) => {
    queue = queue.then(() => answer(db, message))
  })
  say({ kind: 'ready' })
}

async function answer(db: PGlite, message: ToPglite): Promise<void> {
  switch (message.kind) {
    case 'bytes': {
      const { connection, bytes } = message
      return say({ kind: 'bytes', connection, bytes: await exchange(db, bytes) })
    }
    case 'end':
      await exchange(db, simpleQuery('rollback'))
      await exchange(db, simpleQuery('discard all'))
      return
    case 'close':
      await db.close()
      port?.close()
  }
}

async function exchange(db: PGlite, bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Buffer[] = []
  await db.runExclusive(() =>
    // The bytes are a view of WebAssembly's memory: copied before they change.
    db.execProtocolRawStream(bytes, { onRawData: (part) => parts.push(Buffer.from(part)) }),
  )
  return new Uint8Array(Buffer.concat(parts))
}

function simpleQuery(text: string): Uint8Array {
  const body = Buffer.from(`${text}\0`)
  const head = Buffer.alloc(5)
  head.write('Q')
  head.writeInt32BE(body.length + 4, 1)
  return new Uint8Array(Buffer.concat([head, body]))
}
