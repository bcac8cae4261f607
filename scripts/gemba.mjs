#!/usr/bin/env node
// The `gemba` command: the built one, or the source where it was not built.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, runOnNode24 } from './node24.mjs'

const built = join(root, 'dist', 'gemba.js')
const source = join(root, 'cli', 'gemba.ts')
if (!existsSync(built) || Number(process.versions.node.split('.')[0]) < 24) {
  await runOnNode24(existsSync(built) ? built : source, process.argv.slice(2))
} else {
  process.argv[1] = built
  await import(built)
}
