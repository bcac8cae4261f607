import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createDataFolder,
  dataFolderOf,
  fixedPorts,
  lockProject,
  runningServer,
  whileServerIs,
  withheldFromAgents,
  type DataFolder,
} from './data-folder.ts'
import { ownPorts } from './own-ports.ts'

let project: string

beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-data-')))
})

afterEach(() => {
  rmSync(project, { recursive: true, force: true })
})

function create(): DataFolder {
  return createDataFolder(dataFolderOf(project, join(project, 'data')))
}

test('folder and secrets are for this user alone, and secrets stay the same', () => {
  const folder = create()
  const token = readFileSync(folder.token, 'utf8')
  expect(statSync(folder.root).mode & 0o777).toBe(0o700)
  expect(statSync(folder.token).mode & 0o777).toBe(0o600)
  expect(token.trim()).toMatch(/^[\w-]{43}$/)
  expect(readFileSync(folder.hostToken, 'utf8')).not.toBe(token)
  create()
  expect(readFileSync(folder.token, 'utf8')).toBe(token)
})

test('nothing in the folder is open to agents but the part of the host', () => {
  const folder = create()
  const closed = withheldFromAgents(folder)
  expect(closed).toEqual(expect.arrayContaining([folder.token, folder.settings, folder.doltPassword, folder.opener]))
  const open = readdirSync(folder.root).filter((name) => !closed.includes(join(folder.root, name)))
  expect(open).toEqual(['host'])
})

test('a second start hears the pid and the URL of the first', async () => {
  const folder = create()
  const lock = await lockProject(folder, 'http://127.0.0.1:7666')
  await expect(lockProject(folder, 'http://127.0.0.1:9999')).rejects.toMatchObject({
    code: 'already_running',
    params: { pid: String(process.pid), url: 'http://127.0.0.1:7666' },
  })
  const server = { pid: process.pid, url: 'http://127.0.0.1:7666' }
  expect(await runningServer(folder)).toEqual({ ...server, state: 'starting' })
  lock.mark('up')
  expect(await runningServer(folder)).toEqual({ ...server, state: 'up' })
  lock.release()
  lock.mark('up')
  expect(await runningServer(folder)).toBeUndefined()
})

test('a server that stops is waited for', async () => {
  const folder = create()
  const lock = await lockProject(folder, 'http://127.0.0.1:7666')
  lock.mark('stopping')
  const waiting = whileServerIs('stopping', folder, 60_000)
  lock.release()
  expect(await waiting).toBeUndefined()
  const next = await lockProject(folder, 'http://127.0.0.1:7666')
  next.mark('stopping')
  expect(await whileServerIs('stopping', folder, 1)).toMatchObject({ state: 'stopping' })
  expect(await whileServerIs('starting', folder, 60_000)).toMatchObject({ state: 'stopping' })
  next.release()
})

test('ports stay the same until another program takes one', async () => {
  const folder = create()
  const first = await fixedPorts(folder, ['dolt', 'temporal'])
  expect(await fixedPorts(folder, ['dolt', 'temporal'])).toEqual(first)
  const thief = createServer()
  await new Promise<void>((resolve) => thief.listen(first.dolt, '127.0.0.1', resolve))
  const second = await fixedPorts(folder, ['dolt', 'temporal'])
  await new Promise((resolve) => thief.close(resolve))
  expect(second.temporal).toBe(first.temporal)
  expect(second.dolt).not.toBe(first.dolt)
})

test('no port is kept that the system may give to an outgoing connection', async () => {
  const folder = create()
  const { first, last } = ownPorts()
  const ephemeral = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
  writeFileSync(folder.ports, JSON.stringify({ dolt: ephemeral }))
  for (const port of Object.values(await fixedPorts(folder, ['dolt', 'temporal']))) {
    expect(port).toBeGreaterThanOrEqual(first)
    expect(port).toBeLessThanOrEqual(last)
  }
})
