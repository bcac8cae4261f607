import { closeSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ApiProblem, eventually } from '../system/api-client.ts'
import { gateFiles, openGate } from '../system/gate.ts'
import { createProject, gitIn, RunningGemba } from '../system/running-gemba.ts'
import { slowAgent } from '../system/slow-agent.ts'

/** What became of beads whose agents were at work while the disk got full. */
export interface FullDiskOutcome {
  /** Lines that each agent was to commit, one by one. */
  readonly rounds: number
  readonly beads: readonly { readonly text: string; readonly merges: number; readonly sessions: number }[]
  /** Its start was refused while there was too little room. */
  readonly late: { readonly refused: string; readonly why: string; readonly sessions: number; readonly status: string }
  readonly health: { readonly low: unknown; readonly after: unknown }
  readonly capabilities: string
  readonly numbers: readonly number[]
  readonly keys: readonly string[]
  readonly asked: readonly string[]
  /** What the supervisor told, by people's lines and by events. */
  readonly said: { readonly lines: readonly string[]; readonly events: readonly Record<string, unknown>[] }
}

const rounds = 6
const agents = 3
const leastBytes = 40_000_000
/** How long nothing at all can be written. */
const fullMs = 20_000

const hog = join(tmpdir(), 'hog')

/** Leaves so many bytes, or none at all. */
function leave(bytes: number): void {
  const { bavail, bsize } = statfsSync(tmpdir())
  const file = openSync(hog, 'a')
  try {
    for (let take = bavail * bsize - bytes; take > 0;) {
      take -= writeSync(file, Buffer.alloc(Math.min(take, 1024 * 1024), 1))
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}

/** The first agent asks before its last part, the second waits at the gate, the others go through. */
function steps(n: number): string {
  const lines = Array.from({ length: rounds }, (_, round) => [
    `append work-${n}.txt line ${round + 1}`,
    `commit Line ${round + 1}`,
    'sleep 3',
  ])
  const hold = [[], ['ask Is that all? | yes'], ['run-tests']][n] ?? []
  return ['```gemba-steps', ...lines.slice(0, -1).flat(), ...hold, ...(lines.at(-1) ?? []), 'done', '```', ''].join(
    '\n',
  )
}

const project = await createProject({
  agents: slowAgent,
  defaultAgent: 'slow',
  files: gateFiles,
  limits: { minFreeDisk: leastBytes },
})
const gemba = await RunningGemba.start(project)
const { api } = gemba
try {
  process.stdout.write(JSON.stringify(await outcome()))
} finally {
  rmSync(hog, { force: true })
  await gemba.stop()
  await project.release()
}

async function outcome(): Promise<FullDiskOutcome> {
  await gemba.hostOnline()
  const ids: string[] = []
  for (let n = 1; n <= agents; n += 1) {
    ids.push((await api.create({ title: `Work ${n}`, description: steps(n) })).id)
  }
  const late = (
    await api.create({ title: 'Late', description: '```gemba-steps\nwrite late.txt x\ncommit Late\ndone\n```\n' })
  ).id
  await api.change('POST', '/dispatch', { items: ids.map((bead) => ({ bead })) })
  await eventually('all agents are at work', async () => {
    const views = await api.sessions()
    return views.filter(({ status }) => status === 'working' || status === 'prompting').length === agents
  })

  leave(leastBytes / 2)
  const low = await eventually('it is noticed', async () => {
    const health = await healthOf()
    return health.parts['disk']?.why === '' ? undefined : health
  })
  await eventually('the supervisor says so', async () =>
    gemba.events().some(({ type, status }) => type === 'disk' && status === 'low'),
  )
  const refused = await api.start(late).then(
    () => undefined,
    (error: unknown) => (error instanceof ApiProblem ? error : undefined),
  )
  const { disk } = await api.get<{ disk: { status: string } }>('/capabilities')

  for (const end = Date.now() + fullMs; Date.now() < end; await pause(200)) {
    leave(0)
    // Whoever tries to change something meanwhile hears that it can not be, or has changed it.
    await api.create({ title: 'While it is full' }).catch(() => undefined)
  }
  truncateSync(hog)
  await openGate(project)

  await eventually(
    'every bead is done',
    async () => {
      for (const { id, state } of await api.escalations()) if (state === 'open') await api.answer(id, 'yes')
      return (await Promise.all(ids.map((id) => api.bead(id)))).every((bead) => bead.status === 'closed')
    },
    180_000,
  )
  await eventually('the late one is done', async () => {
    const bead = await api.bead(late)
    if (bead.status === 'open') await api.start(late)
    return bead.status === 'closed'
  })
  await eventually('all sessions have ended', async () =>
    (await api.sessions()).every(({ status }) => status === 'completed'),
  )
  return {
    rounds,
    ...(await remains(ids)),
    health: { low, after: await healthOf() },
    capabilities: disk.status,
    late: {
      refused: refused?.code ?? 'admitted',
      why: refused?.message ?? '',
      sessions: (await api.sessions()).filter(({ bead }) => bead === late).length,
      status: (await api.bead(late)).status,
    },
  }
}

async function remains(
  ids: readonly string[],
): Promise<Pick<FullDiskOutcome, 'beads' | 'numbers' | 'keys' | 'asked' | 'said'>> {
  const sessions = await api.sessions()
  const beads = ids.map(async (id, index) => {
    const text = await gitIn(project.folder, 'show', `main:work-${index + 1}.txt`)
    const merges = await gitIn(project.folder, 'log', '--format=%H', `--grep=^Bead: ${id}$`, '--merges', 'main')
    return {
      text,
      merges: merges.split('\n').filter(Boolean).length,
      sessions: sessions.filter(({ bead }) => bead === id).length,
    }
  })
  const events = await api.events()
  return {
    beads: await Promise.all(beads),
    numbers: events.map(({ number }) => number),
    keys: events.map(({ source, sourceRevision }) => `${source}#${sourceRevision}`),
    asked: (await api.escalations()).map(({ state }) => state),
    said: { lines: gemba.lines.filter((line) => !line.startsWith('{')), events: gemba.events() },
  }
}

async function healthOf(): Promise<{ ok: boolean; parts: Record<string, { ok: boolean; why: string }> }> {
  return (await fetch(`${api.base}/healthz`)).json() as never
}
