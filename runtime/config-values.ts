import type { ProjectFile } from '../model/schema/project-file.ts'
import { defaultTiming, type Timing } from '../model/timing.ts'
import { invalid } from './config-file.ts'

/** The timing in force: the file's values over the defaults. */
export function timingOf(written: NonNullable<ProjectFile['timing']>): Timing {
  return {
    serverActivity: written.server_activity ?? defaultTiming.serverActivity,
    startPane: written.start_pane ?? defaultTiming.startPane,
    hostActivity: written.host_activity ?? defaultTiming.hostActivity,
    integrate: written.integrate ?? defaultTiming.integrate,
    heartbeat: written.heartbeat ?? defaultTiming.heartbeat,
    attend: written.attend ?? defaultTiming.attend,
    relaunch: written.relaunch ?? defaultTiming.relaunch,
    restart: written.restart ?? defaultTiming.restart,
    endGrace: written.end_grace ?? defaultTiming.endGrace,
    confirm: written.confirm ?? defaultTiming.confirm,
    obstructed: written.obstructed ?? defaultTiming.obstructed,
    degraded: written.degraded ?? defaultTiming.degraded,
    offline: written.offline ?? defaultTiming.offline,
  }
}

/** The origin of a public address; `config_invalid` when it is none. */
export function publicOrigin(text: string | undefined, from: string): string | undefined {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/') {
    throw invalid(from, undefined, `${text} is not an address such as https://gemba.example`)
  }
  return url.origin
}
