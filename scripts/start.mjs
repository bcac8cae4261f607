// `npm start`: sets everything up and opens the console on the example project.
import { join } from 'node:path'
import { root, runOnNode24 } from './node24.mjs'

await runOnNode24(join(root, 'scripts', 'start.ts'), process.argv.slice(2))
