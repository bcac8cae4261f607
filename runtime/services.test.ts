import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDataFolder, dataFolderOf, fixedPorts, type DataFolder } from './data-folder.ts'
import { run } from './exec.ts'
import { hiddenAddress } from './hidden-address.ts'
import { readSecret } from './secret.ts'
import { doltService, keepTemporalFile, temporalService } from './services.ts'
import { Supervisor } from './supervisor.ts'
import { locateTool } from './tools/locate.ts'

let project: string
let folder: DataFolder
const releases: (() => Promise<unknown>)[] = []

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'gemba-services-'))
  folder = createDataFolder(dataFolderOf(project, join(project, 'data')))
})

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
  rmSync(project, { recursive: true, force: true })
})

function supervise(children: ConstructorParameters<typeof Supervisor>[0]['children']): Supervisor {
  const supervisor = new Supervisor({ children, logs: folder.logs, report: () => undefined })
  releases.push(() => supervisor.stop())
  return supervisor
}

test('the embedded Dolt lets in who has the password, keeps its data and reports to nobody', async () => {
  const { dolt: port } = await fixedPorts(folder, ['dolt'])
  const service = doltService(folder, locateTool('dolt'), port)
  const login = { host: '127.0.0.1', port, user: 'root' }
  const first = supervise([service])
  await first.start()
  const password = readSecret(folder.doltPassword) ?? ''
  const connection = await createConnection({ ...login, password })
  await connection.query('CREATE DATABASE beads')
  await connection.end()
  await expect(createConnection({ ...login, password: '' })).rejects.toThrow(/Access denied/)
  await first.stop()
  const again = supervise([doltService(folder, locateTool('dolt'), port)])
  await again.start()
  const reopened = await createConnection({ ...login, password, database: 'beads' })
  await reopened.end()
})

test('the embedded Temporal is in service on its ports, with its namespace and a file that survives a restart', async () => {
  const ports = await fixedPorts(folder, ['temporal'])
  const ui = await hiddenAddress()
  const program = locateTool('temporal')
  await keepTemporalFile(folder, program)
  const supervisor = supervise([temporalService(folder, program, ports.temporal, ui)])
  await supervisor.start()
  const address = ['--address', `127.0.0.1:${ports.temporal}`, '--disable-config-file']
  const described = await run(program, ['operator', 'namespace', 'describe', '-n', 'gemba', ...address])
  expect(described).toContain('gemba')
  expect(await (await fetch(`http://${ui.host}:${ui.port}/temporal/`)).text()).toContain('"/temporal/_app/')
  expect(statSync(join(folder.temporal, 'temporal.db-wal')).isFile()).toBe(true)
})

test("another version's file is copied aside first", async () => {
  const program = locateTool('temporal')
  expect(await keepTemporalFile(folder, program)).toBeUndefined()
  writeFileSync(join(folder.temporal, 'temporal.db'), 'written by an older one')
  expect(await keepTemporalFile(folder, program)).toBeUndefined()
  writeFileSync(join(folder.temporal, 'version'), 'temporal version 0.1\n')
  const copy = await keepTemporalFile(folder, program)
  expect(readFileSync(copy ?? '', 'utf8')).toBe('written by an older one')
  expect(await keepTemporalFile(folder, program)).toBeUndefined()
})
