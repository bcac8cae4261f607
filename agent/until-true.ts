import { setTimeout as pause } from 'node:timers/promises'

/** Looks every 25 ms until `holds` or the time is over; answers whether it held. */
export async function untilTrue(holds: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs
  while (!holds()) {
    if (performance.now() >= end) return false
    await pause(25)
  }
  return true
}
