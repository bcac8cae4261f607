import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Client, Connection } from '@temporalio/client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { defaultTiming } from '../model/timing.ts'
import { Processes } from '../temporal/processes.ts'
import { startReconciler, type ReconcilerDeps } from './reconciler.ts'

/** Something at Temporal's address that takes every connection and never says a word. */
async function deafTemporal(): Promise<{ processes: Processes; reached: Promise<void> }> {
  const sockets = new Set<Socket>()
  const reached = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).once('data', () => reached.resolve())
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server, 'listening')
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const connection = Connection.lazy({ address, connectTimeout: 60_000 })
  onTestFinished(() => connection.close())
  return { processes: new Processes(new Client({ connection }), 'p', defaultTiming), reached: reached.promise }
}

test('closes while Temporal does not answer what it asked, without a word of warning', async () => {
  const { processes, reached } = await deafTemporal()
  const warn = vi.fn()
  const deps = { processes: () => processes, logger: { warn, info: vi.fn() } }
  const reconciler = startReconciler(deps as unknown as ReconcilerDeps)
  await reached
  await reconciler.close()
  reconciler.look()
  reconciler.soon()
  await reconciler.close()
  expect(warn).not.toHaveBeenCalled()
})
