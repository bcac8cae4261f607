// `npm test`: sets everything up and runs every test.
import { join } from 'node:path'
import { root, runOnNode24 } from './node24.mjs'

await runOnNode24(join(root, 'scripts', 'test.ts'), process.argv.slice(2))
