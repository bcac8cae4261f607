import { readFileSync } from 'node:fs'
import type { ChildDescription } from '../supervised-child.ts'
import { Supervisor } from '../supervisor.ts'

/** A supervisor in a process of its own, for tests that kill it: `supervise.ts <plan.json>` prints its events as JSON lines. */
const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as {
  logs: string
  children: Pick<ChildDescription, 'name' | 'command' | 'args' | 'needs'>[]
}

const supervisor = new Supervisor({
  logs: plan.logs,
  children: plan.children.map((child) => ({
    ...child,
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    cwd: plan.logs,
    ready: child.command === process.execPath ? 'message' : () => Promise.resolve(true),
    readyWithinMs: 20_000,
    graceSeconds: 1,
  })),
  report: (event) => print(event.type === 'failing' ? { ...event, error: event.error.message } : event),
})

process.on('SIGTERM', () => void supervisor.stop().then(() => process.exit(0)))
await supervisor.start()
print({ type: 'started' })

function print(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
