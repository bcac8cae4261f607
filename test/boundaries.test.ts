import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { boundaries, importRefused, packageRefused } from '../scripts/boundaries.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
  readonly isFile: boolean
}

/** Static and dynamic imports and re-exports, with the text between keyword and name. */
const statement =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?((?:[\w*{][^'";]*?)\s+from\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(statement)].flatMap(([, , type, names, fixed, dynamic]) => {
    const name = fixed ?? dynamic ?? ''
    const isFile = name.startsWith('.')
    const listed =
      /\{([^}]*)\}/
        .exec(names ?? '')?.[1]
        ?.split(',')
        .map((each) => each.trim())
        .filter(Boolean) ?? []
    const allTypes = listed.length > 0 && listed.every((each) => each.startsWith('type '))
    const to = isFile ? relative(root, join(root, dirname(file), name)) : name
    return [{ from: file, to, typeOnly: type !== undefined || allTypes, isFile }]
  })
}

const files = Object.keys(boundaries)
  .map((part) => part.split('/')[0] ?? '')
  .filter((part, index, all) => all.indexOf(part) === index)
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => /\.(ts|mjs|vue)$/.test(name) && !name.includes('node_modules'))

const imports = files.flatMap(importsOf)

test('every folder imports only what the design allows it', () => {
  expect(imports.length).toBeGreaterThan(100)
  const refused = imports.flatMap(({ from, to, typeOnly, isFile }) => {
    const why = isFile ? importRefused(from, to, typeOnly) : packageRefused(from, to, typeOnly)
    return why === undefined ? [] : [`${from} → ${to}: ${why}`]
  })
  expect(refused).toEqual([])
})

test('nothing that the host process reaches knows the store, the planes or a database driver', () => {
  const reached = reachable('workers/host.ts')
  expect(reached).toContain('agent/backends/native/native-plane.ts')
  const forbidden = [...reached].filter((name) =>
    /^(store|planes)\/|^(mysql2|pg|kysely|@electric-sql)(\/|$)/.test(name),
  )
  expect(forbidden).toEqual([])
})

/** Files and packages that a file's values need, however far. */
function reachable(start: string): Set<string> {
  const seen = new Set([start])
  for (const file of seen) {
    for (const each of imports) if (each.from === file && !each.typeOnly) seen.add(each.to)
  }
  return seen
}

describe('the table refuses', () => {
  test.each([
    ['model/bead.ts', 'runtime/exec.ts', false],
    ['model/bead.ts', 'model/schema/api.ts', true],
    ['agent/backends/native/pane.ts', 'store/store.ts', true],
    ['activities/host/host-activities.ts', 'planes/work/board.ts', false],
    ['activities/host/host-activities.ts', 'activities/server/server-activities.ts', false],
    ['workflows/session.ts', 'temporal/commands.ts', false],
    ['workflows/session.ts', 'activities/server/claim.ts', false],
    ['web/src/main.ts', 'api/create-api.ts', true],
  ])('%s importing %s', (from, to, typeOnly) => {
    expect(importRefused(from, to, typeOnly)).toBeDefined()
  })

  test('processes started elsewhere, and Node in workflows', () => {
    expect(packageRefused('api/routes/beads.ts', 'node:child_process', false)).toBeDefined()
    expect(packageRefused('runtime/exec.ts', 'node:child_process', false)).toBeUndefined()
    expect(packageRefused('workflows/session.ts', 'node:crypto', false)).toBeDefined()
  })

  test('but lets through what is meant', () => {
    expect(importRefused('workflows/session.ts', 'activities/server/claim.ts', true)).toBeUndefined()
    expect(importRefused('activities/host/host-activities.ts', 'agent/frames.ts', false)).toBeUndefined()
    expect(importRefused('workflows/dispatch.ts', 'temporal/contracts/dispatch.ts', false)).toBeUndefined()
  })
})
