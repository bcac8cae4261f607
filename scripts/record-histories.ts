import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { EscalationRequest, EscalationView } from '../model/escalation.ts'
import { run } from '../runtime/exec.ts'
import { locateTool } from '../runtime/tools/locate.ts'
import { dispatchWorkflowId } from '../temporal/contracts/dispatch.ts'
import { hostWorkflowId } from '../temporal/contracts/host.ts'
import { sessionWorkflowId } from '../temporal/contracts/session.ts'
import { startTemporal } from '../test/temporal-server.ts'
import { openWorkflowBench, person, until } from '../test/workflows/bench-of-doubles.ts'

/**
 * Records histories for the replay test: `node scripts/record-histories.ts <release>` adds `<process>-<release>-<path>.json`.
 * Existing files are left alone: they are what users have.
 */
const release = process.argv[2]
if (release === undefined) throw new Error('usage: node scripts/record-histories.ts <release>')
const folder = fileURLToPath(new URL('../test/histories/', import.meta.url))

const temporal = await startTemporal()
const bench = await openWorkflowBench(temporal, 'recorded')
const { server, host, commands } = bench

async function keep(name: string, workflowId: string): Promise<void> {
  const file = `${folder}${name}.json`
  if (existsSync(file)) return
  const where = ['--address', temporal.address, '--namespace', temporal.namespace]
  const history = await run(locateTool('temporal'), ['workflow', 'show', '-o', 'json', '-w', workflowId, ...where])
  writeFileSync(file, `${JSON.stringify(JSON.parse(history), null, 1)}\n`)
  console.log(name)
}

async function start(bead: string): Promise<string> {
  server.add(bead)
  const [result] = await commands.dispatch({ items: [{ bead }], key: `key-${bead}`, actor: person })
  if (result?.admitted !== true) throw new Error(JSON.stringify(result))
  await until(() => server.session(result.session)?.worktree)
  return result.session
}

function openOf(session: string): EscalationView | undefined {
  return server.escalations().find((known) => known.session === session && known.state === 'open')
}

function questionOf(id: string): EscalationRequest {
  const options = ['leave', 'release'].map((value) => ({ value, label: value, tone: 'neutral' }) as const)
  const about = { id, project: 'recorded', session: null, bead: 'gm-held', host: null, title: 'Held', text: '' }
  const createdAt = new Date().toISOString()
  return { ...about, source: 'unknown_holder', urgency: 'advisory', options, freeText: false, createdAt }
}

const ended = (session: string) => () => ['completed', 'failed'].includes(server.session(session)?.status ?? '')

try {
  const plain = await start('gm-plain')
  host.feed(
    plain,
    { kind: 'started', agentSession: 'c1' },
    { kind: 'working' },
    { kind: 'done', bead: 'gm-plain', note: '' },
  )
  await until(ended(plain))

  const asking = await start('gm-asking')
  host.feed(asking, { kind: 'prompt', prompt: { title: 'May I?', screen: 'rm', screenDigest: 'd' } })
  await until(() => server.escalations().some((escalation) => escalation.session === asking))
  const escalation = server.escalations().find((known) => known.session === asking)?.id ?? ''
  await commands.answer({ escalation, value: 'approve', text: '', key: 'a', actor: person })
  await until(() => server.escalations().find((known) => known.id === escalation)?.state === 'delivered')
  host.outcomes = [{ outcome: 'dirty', files: ['a'] }]
  host.feed(asking, { kind: 'done', bead: null, note: '' })
  const uncommitted = () => server.escalations().find((known) => known.session === asking && known.id !== escalation)
  await until(uncommitted)
  const dirty = uncommitted()?.id ?? ''
  await commands.answer({ escalation: dirty, value: 'commit', text: '', key: 'b', actor: person })
  await until(ended(asking))

  const dying = await start('gm-dying')
  for (let launch = 1; launch <= 4; launch += 1) {
    const before = host.count('startPane')
    host.feed(dying, { kind: 'gone', exitStatus: null })
    await until(() => host.count('startPane') > before || ended(dying)())
  }
  await until(ended(dying))

  const stopped = await start('gm-stopped')
  await commands.end({ session: stopped, mode: 'canceled', key: 'e', actor: person })
  await until(ended(stopped))

  const said = await start('gm-said')
  await commands.say({ session: said, text: 'Mind the gap', key: 's', actor: person })
  await until(() => host.count('sayToPane') === 1)
  host.outcomes = [{ outcome: 'conflict', files: ['a'] }]
  host.feed(said, { kind: 'done', bead: null, note: '' })
  await until(() => openOf(said))
  await commands.answer({ escalation: openOf(said)?.id ?? '', value: 'back', text: '', key: 'c', actor: person })
  await until(() => host.count('sayToPane') === 2)
  host.feed(said, { kind: 'done', bead: null, note: '' })
  await until(ended(said))

  host.failures.set('startPane', [{ code: 'repository_unusable', params: { repository: 'main', why: 'recorded' } }])
  server.add('gm-again')
  await commands.dispatch({ items: [{ bead: 'gm-again' }], key: 'key-gm-again', actor: person })
  await until(() =>
    [...server.beads.values()].some(({ facts, status }) => facts.id === 'gm-again' && status !== 'open'),
  )

  server.add('gm-held', { status: 'in_progress', assignee: 'gemba/selsewhere' })
  const holder = 'escalation/recorded/unknown_holder/gm-held-selsewhere'
  await bench.processes.escalate(questionOf(holder), { kind: 'holder', bead: 'gm-held', session: 'selsewhere' }, null)
  await until(() => server.escalations().some(({ id, state }) => id === holder && state === 'open'))
  await commands.answer({ escalation: holder, value: 'release', text: '', key: 'h', actor: person })
  await until(() => server.escalations().some(({ id, state }) => id === holder && state === 'delivered'))

  for (const [path, session] of Object.entries({ plain, asking, dying, stopped, said })) {
    await keep(`session-${release}-${path}`, sessionWorkflowId('recorded', session))
  }
  await keep(`escalation-${release}-approved`, escalation)
  await keep(`escalation-${release}-released`, holder)
  await keep(`dispatch-${release}-four`, dispatchWorkflowId('recorded'))
  await keep(`host-${release}-online`, hostWorkflowId(bench.hostId))
} finally {
  await bench.release()
  await temporal.release()
}
