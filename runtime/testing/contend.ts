import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { waitForLock } from '../file-lock.ts'

/**
 * `contend.ts <folder> <times>` takes the lock so many times and fails when another is inside too; it prints how often
 * it was in. `contend.ts <folder> hold` takes it and keeps it.
 */
const [folder = '', times = ''] = process.argv.slice(2)
const inside = join(folder, 'inside')

if (times === 'hold') {
  await waitForLock(folder, 'holder')
  process.stdout.write('held\n')
  setInterval(() => undefined, 1_000)
} else {
  let done = 0
  while (done < Number(times)) {
    const lock = await waitForLock(folder, 'contender')
    closeSync(openSync(inside, 'wx'))
    await new Promise((resolve) => setTimeout(resolve, 2))
    rmSync(inside)
    lock.release()
    done += 1
  }
  process.stdout.write(`${done}\n`)
}
