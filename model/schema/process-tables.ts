import { Type } from 'typebox'
import { defaultTiming } from '../timing.ts'
import { milliseconds, table, waits } from './config-table.ts'

export const processesTable = table(
  {
    hung_after: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: 3_600_000,
        default: 20_000,
        description: 'Milliseconds of silence after which one of them counts as hung, is ended and started again.',
      }),
    ),
    log_size: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: 10,
        description: 'Megabytes after which a log is set aside. One older log of each process is kept.',
      }),
    ),
  },
  'The processes of `gemba serve`.',
)

export const timingTable = table(
  {
    server_activity: milliseconds('Limit of one try of a short step on the server.', defaultTiming.serverActivity),
    start_pane: milliseconds('Limit of starting a pane.', defaultTiming.startPane),
    host_activity: milliseconds('Limit of one try of a short step on a host.', defaultTiming.hostActivity),
    integrate: milliseconds('Limit of integrating finished work.', defaultTiming.integrate),
    heartbeat: milliseconds('Silence of a host after which another watcher takes its place.', defaultTiming.heartbeat),
    attend: milliseconds('Longest life of one watcher of a session.', defaultTiming.attend),
    relaunch: waits(
      'Waits before a dead pane is launched again; after the last the bead is parked.',
      defaultTiming.relaunch,
    ),
    restart: waits(
      'Waits before a failed start is tried again; after the last the bead is parked.',
      defaultTiming.restart,
    ),
    end_grace: milliseconds('Time that a quitting agent is given.', defaultTiming.endGrace),
    confirm: milliseconds('Time in which a typed answer must show its effect.', defaultTiming.confirm),
    obstructed: milliseconds(
      'Wait before a text that found a dialog in its way is typed again.',
      defaultTiming.obstructed,
    ),
    degraded: milliseconds('Silence after which a host counts as degraded.', defaultTiming.degraded),
    offline: milliseconds('Silence after which a host counts as offline.', defaultTiming.offline),
  },
  'Durations in milliseconds. Rarely changed.',
)
