import { defineStore } from 'pinia'
import type { EscalationView } from '../../../model/escalation.ts'
import { isFromAgent } from '../../../model/escalation.ts'
import type { GembaEvent } from '../../../model/event.ts'
import type { Surface } from '../../../model/mode.ts'
import { isEnded } from '../../../model/session.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import type { Capabilities } from '../api/types.ts'
import { useBeads } from './beads.ts'
import { useConnection } from './connection.ts'
import { useEscalations } from './escalations.ts'
import type { Feed } from './feed.ts'
import { createFeed } from './feed.ts'
import { useHealth } from './health.ts'
import { useHappenings } from './happenings.ts'
import { useHosts } from './hosts.ts'
import { useProject } from './project.ts'
import { useRefusals } from './refusals.ts'
import { useSessions } from './sessions.ts'
import { useStatus } from './status.ts'
import { useStarts } from './starts.ts'
import { useToasts } from './toasts.ts'

/** Keeps every store true to the server: all lists once, then event by event. */
export const useLive = defineStore('live', () => {
  const connection = useConnection()
  const project = useProject()
  const beads = useBeads()
  const sessions = useSessions()
  const escalations = useEscalations()
  const hosts = useHosts()
  const starts = useStarts()
  const toasts = useToasts()
  const happenings = useHappenings()
  const refusals = useRefusals()
  const health = useHealth()
  const status = useStatus()
  let feed: Feed | null = null

  async function load(): Promise<{ after: string } | 'stop'> {
    try {
      // The longest answer is asked for first; every mode has it. The other lists are asked for after it was answered:
      // its event stands before them too.
      const [board, capabilities] = await Promise.all([api.board(), known(), status.load()])
      takeOffer(capabilities)
      const offers = (surface: Surface): boolean => capabilities.profile.surfaces.includes(surface)
      const nothing = Promise.resolve([])
      const [sessionList, escalationList, hostList, parked] = await Promise.all([
        offers('sessions') ? api.sessions() : nothing,
        offers('escalations') ? api.escalations() : nothing,
        offers('hosts') ? api.hosts() : nothing,
        offers('dispatch') ? api.parked() : nothing,
      ])
      beads.replace(board.beads, parked)
      sessions.replace(sessionList)
      escalations.replace(escalationList)
      hosts.replace(hostList)
      for (const [bead, { session }] of starts.pending) {
        if (sessions.openByBead.has(bead) || (session !== null && sessions.get(session) !== undefined))
          starts.settle(bead)
      }
      connection.problem = null
      connection.loaded = true
      happenings.renew()
      return { after: board.event }
    } catch (error) {
      const problem = toProblem(error)
      connection.problem = problem
      const isNew = connection.signIn === 'unknown'
      if (problem.status === 401 || (isNew && problem.status === 429)) {
        connection.signIn = 'signed-out'
        return 'stop'
      }
      // Nothing was refused: it shows how the server is.
      connection.signIn = 'signed-in'
      throw error
    }
  }

  /** What the server offers; who is told that is signed in, and sees where everything will be. */
  async function known(): Promise<Capabilities> {
    const capabilities = await api.capabilities()
    if (connection.signIn === 'unknown') connection.signIn = 'signed-in'
    return capabilities
  }

  function takeOffer(capabilities: Capabilities): void {
    project.take(capabilities, status.lacksSource ? null : (status.status?.health ?? null))
  }

  /** Reads anew what may be done here and how the source does: rights come and go while one looks. */
  async function learn(): Promise<void> {
    const [capabilities] = await Promise.all([api.capabilities(), status.load()])
    takeOffer(capabilities)
  }

  /** Has the server look at its source now. */
  async function check(): Promise<void> {
    await status.check()
    await learn()
  }

  function apply(events: readonly GembaEvent[]): void {
    const changed = events.flatMap((event) => (event.body.kind === 'bead.changed' ? [event.body.bead] : []))
    if (changed.length > 0) beads.apply(changed)
    for (const event of events) applyOne(event)
    happenings.tell(events)
  }

  function applyOne({ at, body }: GembaEvent): void {
    switch (body.kind) {
      case 'bead.changed':
        if (body.bead.state === 'started') starts.settle(body.bead.id)
        return
      case 'bead.deleted':
        return beads.remove(body.bead)
      case 'beads.reread':
        return feed?.reload()
      case 'bead.parked':
        beads.park({ bead: body.bead, why: body.why, since: at })
        starts.settle(body.bead)
        return toasts.note(`${body.bead} is parked`, body.why, `/board/${encodeURIComponent(body.bead)}`)
      case 'bead.unparked':
        return beads.unpark(body.bead)
      case 'bead.released':
        return toasts.note(`${body.bead} was given back`, body.why)
      case 'session.changed':
        sessions.apply(body.session)
        if (!isEnded(body.session.status)) refusals.forgive(body.session.bead)
        return starts.settle(body.session.bead)
      case 'session.refused':
        starts.settle(body.bead)
        refusals.put(body.bead, { detail: body.message, mend: '', code: body.code, status: 0, params: {} })
        return toasts.problemText(`${body.bead} was not started`, { detail: body.message, mend: '', code: body.code })
      case 'escalation.changed':
        if (escalations.apply(body.escalation)) tellQuestion(body.escalation)
        return
      case 'host.changed':
        return hosts.apply(body.host)
      case 'work-plane.changed':
        void learn().catch(() => undefined)
        return project.setWorkPlane({
          healthy: body.healthy,
          why: body.why,
          code: body.code ?? null,
          mend: body.mend ?? '',
        })
      case 'manifest.changed':
        return status.takeManifest(body.state)
      case 'manifest.appended':
        // The Beads history follows it itself.
        return
    }
  }

  function tellQuestion({ source, title, session, bead }: EscalationView): void {
    const shownOn = [
      ...(session === null ? [] : [`/sessions/${encodeURIComponent(session)}`]),
      ...(bead === null || session === null ? [] : [`/board/${encodeURIComponent(bead)}`]),
    ]
    toasts.question(isFromAgent(source) ? 'An agent asks' : 'Gemba asks', title, '/inbox', shownOn)
  }

  function start(): void {
    stop()
    feed = createFeed({
      connect: api.events,
      load,
      apply,
      onDisk: project.setDisk,
      onState: (state) => {
        connection.state = state
      },
      after(ms, run) {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    })
    feed.start()
    health.start()
  }

  function stop(): void {
    health.stop()
    feed?.stop()
    feed = null
  }

  return { start, stop, apply, load, learn, check }
})
