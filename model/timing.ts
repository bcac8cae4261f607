/** Every duration that a workflow uses, in milliseconds; it travels in the workflow's input so that tests shrink it. */
export interface Timing {
  /** Time limits of one try of a short activity on the server, and of starting a pane. */
  readonly serverActivity: number
  readonly startPane: number
  readonly hostActivity: number
  readonly integrate: number
  /** Silence of an attend after which another takes its place. */
  readonly heartbeat: number
  /** One attend's longest life. */
  readonly attend: number
  /** Waits before a dead pane is launched again; its length is how often. */
  readonly relaunch: readonly number[]
  /** Waits before a failed start is tried again by the dispatcher; its length is how often, then the bead is parked. */
  readonly restart: readonly number[]
  /** How long a quitting agent is given before its pane is killed. */
  readonly endGrace: number
  /** How long an answer may take to show its effect. */
  readonly confirm: number
  /** Wait before a text that found a dialog in its way is typed again. */
  readonly obstructed: number
  /** Silence of a host after which it is degraded, then offline. */
  readonly degraded: number
  readonly offline: number
}

export const defaultTiming: Timing = {
  serverActivity: 20_000,
  startPane: 60_000,
  hostActivity: 30_000,
  integrate: 300_000,
  heartbeat: 5_000,
  attend: 24 * 3_600_000,
  relaunch: [1_000, 5_000, 30_000],
  restart: [5_000, 30_000, 120_000],
  endGrace: 3_000,
  confirm: 10_000,
  obstructed: 2_000,
  degraded: 30_000,
  offline: 300_000,
}
