import type { WebSocket, WebSocketServer } from 'ws'

const pingMs = 30_000

/** Cuts connections whose other end has gone without a word: each must answer a ping before the next. */
export function dropDeadSockets(server: WebSocketServer, everyMs: number = pingMs): void {
  const asked = new WeakSet<WebSocket>()
  server.on('connection', (socket) => {
    socket.on('pong', () => asked.delete(socket))
  })
  const timer = setInterval(() => {
    for (const socket of server.clients) {
      if (asked.has(socket)) socket.terminate()
      asked.add(socket)
      if (socket.readyState === socket.OPEN) socket.ping()
    }
  }, everyMs)
  server.once('close', () => clearInterval(timer.unref()))
}

/** Closes a connection; a peer that is gone, or does not want to, is not waited for. */
export function closeSoon(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason)
  const timer = setTimeout(() => socket.terminate(), 2_000).unref()
  socket.once('close', () => clearTimeout(timer))
}

/** Says goodbye to all and takes no more; who does not answer is cut after a second. */
export function endSockets(server: WebSocketServer): void {
  for (const socket of server.clients) socket.close(1001, 'the server stops')
  const timer = setTimeout(() => {
    for (const socket of server.clients) socket.terminate()
  }, 1_000)
  server.close(() => clearTimeout(timer))
}
