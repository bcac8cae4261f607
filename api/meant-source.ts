import type { FastifyRequest } from 'fastify'
import { GembaError } from '../model/error.ts'
import type { ModeView } from './api-deps.ts'

/** The source that a request is meant for: the open one. `source_changed` when it names another in `X-GEMBA-Source`. */
export function meantSource(request: FastifyRequest, mode: Pick<ModeView, 'sourceId'>): string {
  const [open, meant] = [mode.sourceId(), request.headers['x-gemba-source']]
  if (typeof meant === 'string' && meant !== '' && meant !== open) throw new GembaError('source_changed', {})
  return open
}
