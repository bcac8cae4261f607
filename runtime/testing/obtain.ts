import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { createReport } from '../terminal.ts'
import { obtain } from '../tools/obtain.ts'

/**
 * `obtain.ts <target> <log> <until>`: gets a made-up program with a slow installer, which notes in the log that it ran and
 * takes until the last file is there.
 */
const [target = '', log = '', until = ''] = process.argv.slice(2)

const path = await obtain({
  tool: 'widget',
  target,
  fix: 'none',
  report: createReport(),
  installers: [
    {
      name: 'slow installer',
      needs: { bytes: 1_000 },
      async install(_, program) {
        appendFileSync(log, 'installed\n')
        while (!existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 20))
        writeFileSync(program, '#!/bin/sh\necho widget\n')
        return { way: 'test' }
      },
    },
  ],
})
process.stdout.write(`${path}\n`)
