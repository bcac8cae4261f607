import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../src/cli.js'
import { convert } from '../src/convert.js'

test('a kilometre has a thousand metres', async () => {
  assert.equal(await convert(1, 'km', 'm'), 1000)
})

test('feet and inches', async () => {
  assert.ok(Math.abs((await convert(2, 'ft', 'in')) - 24) < 1e-9)
})

test('units of different kinds do not mix', async () => {
  await assert.rejects(convert(1, 'km', 'parsnip'), /can not convert km to parsnip/)
})

test('the command line converts', async () => {
  assert.equal(await run(['2', 'km', 'm']), '2 km = 2000 m')
})
