/** Who did something, from where, and why. Every human action carries one. */
export interface Actor {
  /** A person's name, or `gemba` when the system acts by itself. */
  readonly name: string
  readonly via: 'console' | 'api' | 'cli' | 'chat' | 'terminal' | 'system'
  readonly why?: string
}

export const system: Actor = { name: 'gemba', via: 'system' }
