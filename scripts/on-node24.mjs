// `node scripts/on-node24.mjs <file> …`: runs one of our TypeScript programs on Node 24, whatever Node this is.
import { resolve } from 'node:path'
import { root, runOnNode24 } from './node24.mjs'

const [file = '', ...args] = process.argv.slice(2)
await runOnNode24(resolve(root, file), args)
