import { GembaError } from '../model/error.ts'

/**
 * What `open` gives, or `work_plane_unavailable` when it has not by then: whoever asked is answered. It can not be broken
 * off; what it gives later is handed to `release`.
 */
export async function withinTime<T>(
  patienceMs: number,
  open: () => Promise<T>,
  release: (late: T) => Promise<unknown>,
): Promise<T> {
  const opening = open()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const why = `it has not answered for ${Math.ceil(patienceMs / 1000)} s`
    late.reject(new GembaError('work_plane_unavailable', { why }))
    void opening.then(release).catch(() => undefined)
  }, patienceMs)
  try {
    return await Promise.race([opening, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
