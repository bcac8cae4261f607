import { GembaError } from '../model/error.ts'
import type { CapabilityProfile, Surface } from '../model/mode.ts'
import { surfaceAt, surfaceNames } from '../model/surface-names.ts'

/** The refusal of what this server's mode has not, `unavailable_in_mode`; undefined where it has it. */
export function missingSurface({ mode, surfaces }: CapabilityProfile, surface: Surface): GembaError | undefined {
  if (surfaces.includes(surface)) return undefined
  const what = surfaceNames[surface]?.what ?? surface
  return new GembaError('unavailable_in_mode', { what, mode: mode === 'full' ? 'full' : 'Beads-only' })
}

/** Likewise for an address of the API at which there is nothing in any mode yet, but that leads to such a surface. */
export function missingAt(profile: CapabilityProfile, path: string): GembaError | undefined {
  const [, lead = ''] = /^\/api\/v1\/([^/]+)/.exec(path) ?? []
  const surface = surfaceAt(lead)
  return surface === undefined ? undefined : missingSurface(profile, surface)
}
