import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, isPortFree, requireFreePort } from './free-port.ts'

function occupy(port: number): Promise<void> {
  const server = createServer()
  onTestFinished(() => void server.close())
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
}

test('a port that is taken is named, with a command that takes one that is not', async () => {
  const port = await freePort()
  expect(await requireFreePort({ host: '127.0.0.1', port }, 'npm start --')).toBe(port)
  await occupy(port)
  const error: unknown = await requireFreePort({ host: '127.0.0.1', port }, 'npm start --').catch((each) => each)
  expect(error).toMatchObject({ code: 'port_in_use', message: `Port ${port} is in use by another program.` })
  const [, other] = /`npm start -- --listen 127\.0\.0\.1:(\d+)`/.exec((error as { mend: string }).mend) ?? []
  expect(Number(other)).toBeGreaterThan(port)
  expect(await isPortFree(Number(other))).toBe(true)
})

test('port 0 stands for any that is free', async () => {
  const port = await requireFreePort({ host: '127.0.0.1', port: 0 }, 'gemba serve')
  expect(port).toBeGreaterThan(0)
  expect(await isPortFree(port)).toBe(true)
})

test('an address of another machine can not be listened on', async () => {
  await expect(requireFreePort({ host: '192.0.2.1', port: 7666 }, 'gemba serve')).rejects.toMatchObject({
    code: 'listen_failed',
    mend: 'Choose an address of this machine, for example `gemba serve --listen 127.0.0.1:7666`.',
  })
})
