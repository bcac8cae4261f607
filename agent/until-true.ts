/** Looks every 25 ms until `holds` or the time is over; answers whether it held. */
export async function untilTrue(holds: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs
  while (!holds()) {
    if (performance.now() >= end) return false
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return true
}
