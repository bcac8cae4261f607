import type { FastifyBaseLogger } from 'fastify'
import type { WebSocket } from 'ws'
import { GembaError } from '../model/error.ts'
import { problemOf } from './problem.ts'
import type { TerminalViewer, ViewerNotice, ViewerSocket } from './terminal-viewer.ts'
import { closeSoon } from './web-sockets.ts'

/** Bytes that may wait in the server for a viewer that does not read at all. */
const bufferLimit = 8 * 1024 * 1024
const messageLimit = 64 * 1024
/** Messages of a viewer that may wait for those before them. */
const waitingLimit = 256

export interface ViewerConnection extends ViewerSocket {
  /** Says why and closes. */
  refuse(error: unknown): void
  /** Lets the viewer that `make` gives serve the connection until it closes; messages wait for it. */
  drive(make: () => Promise<TerminalViewer>): void
}

/** A browser's WebSocket as a viewer's connection. */
export function socketOfViewer(socket: WebSocket, log: FastifyBaseLogger): ViewerConnection {
  const send = (data: string | Uint8Array) => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > bufferLimit) return socket.terminate()
    socket.send(data)
  }
  const connection: ViewerConnection = {
    notice: (notice: ViewerNotice) => send(JSON.stringify(notice)),
    bytes: send,
    close: (code, reason) => closeSoon(socket, code, reason),
    refuse: (error) => {
      if (!(error instanceof GembaError)) log.error({ err: error }, 'a terminal could not be opened')
      const { code, detail, mend } = problemOf(error, 'of this terminal')
      connection.notice({ type: 'error', code, message: detail, mend })
      socket.close(error instanceof GembaError && error.status === 404 ? 4404 : 4503, code)
    },
    drive: (make) => drive(socket, connection, make),
  }
  return connection
}

/** One message after the other, in order. */
function drive(socket: WebSocket, connection: ViewerConnection, make: () => Promise<TerminalViewer>): void {
  let viewer: TerminalViewer | undefined
  let waiting = 0
  let turn = make().then(async (made) => {
    viewer = made
    if (socket.readyState === socket.OPEN) await made.open()
  })
  turn.catch((error: unknown) => connection.refuse(error))
  socket.on('message', (data: Buffer, isBinary) => {
    // A socket that is being closed still delivers: what it says counts no more.
    if (socket.readyState !== socket.OPEN) return
    if (isBinary || data.byteLength > messageLimit) return socket.close(4400, 'not understood')
    if (waiting === waitingLimit) return socket.close(4429, 'too much at once')
    waiting += 1
    const text = data.toString()
    turn = turn.then(async () => {
      waiting -= 1
      // What waited when the connection ended, by a sign-out for example, is not carried out any more.
      if (socket.readyState === socket.OPEN) await viewer?.receive(text)
    })
    turn.catch((error: unknown) => connection.refuse(error))
  })
  socket.once('close', () => viewer?.close())
}
