import { appendFileSync, writeFileSync } from 'node:fs'
import { createReport } from '../terminal.ts'
import { obtain } from '../tools/obtain.ts'

/** `obtain.ts <target> <log>`: gets a made-up program with a slow installer that notes in the log that it ran. */
const [target = '', log = ''] = process.argv.slice(2)

const path = await obtain({
  tool: 'widget',
  target,
  fix: 'none',
  report: createReport(),
  installers: [
    {
      name: 'slow installer',
      async install(_, program) {
        appendFileSync(log, 'installed\n')
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        writeFileSync(program, '#!/bin/sh\necho widget\n')
        return { way: 'test' }
      },
    },
  ],
})
process.stdout.write(`${path}\n`)
