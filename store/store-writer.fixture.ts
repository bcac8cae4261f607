import { system } from '../model/actor.ts'
import type { StoreOptions } from './store.ts'
import { openStore } from './open-store.ts'

/** Publishes until it is killed, and writes each number to standard output once it was acknowledged. */
const store = await openStore({ at: JSON.parse(process.argv[2] ?? '{}') as StoreOptions['at'] })
for (let revision = 1; ; revision += 1) {
  const { events } = await store.publish({
    events: [
      {
        source: 'writer',
        sourceRevision: revision,
        at: new Date().toISOString(),
        actor: system,
        body: { kind: 'bead.deleted', bead: 'b-1' },
      },
    ],
    snapshot: {
      kind: 'session',
      id: 'killed',
      project: 'p',
      schema: 1,
      revision,
      open: true,
      view: {},
      state: { revision },
    },
  })
  process.stdout.write(`${events.at(-1)?.number}\n`)
}
