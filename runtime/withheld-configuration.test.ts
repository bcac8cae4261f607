import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { withheldConfiguration } from './withheld-configuration.ts'

const folder = mkdtempSync(join(tmpdir(), 'gemba-withheld-'))
const [project, agents] = [join(folder, '.gemba', 'gemba.toml'), join(folder, '.gemba', 'agents.toml')]
mkdirSync(join(folder, '.gemba'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['a password of the Beads database', '[beads]\nurl = "mysql://me:word@db/shop"'],
  ['a password of the store', '[store]\nurl = "postgres://me:word@db/shop"'],
  ['a password among the parameters', '[store]\nurl = "postgres://db/shop?password=word"'],
  ['what is not understood', '[store'],
])('the project file is withheld when it holds %s', (_, text) => {
  writeFileSync(project, `[project]\nid = "shop"\n${text}\n`)
  expect(withheldConfiguration(folder)).toEqual([agents, project])
})

test.each([
  ['no address', ''],
  ['addresses without a password', '[beads]\nurl = "mysql://me@db:3306/shop?tls=true"'],
])('the project file may be read when it holds %s', (_, text) => {
  writeFileSync(project, `[project]\nid = "shop"\n${text}\n`)
  expect(withheldConfiguration(folder)).toEqual([agents])
})
