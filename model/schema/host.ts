import { Type } from 'typebox'
import { identifier, instant, nullable, parameters, record, words } from './text.ts'

export const hostView = record('Host', {
  id: Type.String(),
  label: Type.String(),
  status: words(['enrolling', 'online', 'degraded', 'offline', 'revoked']),
  kinds: Type.Array(Type.String()),
  slots: Type.Integer(),
  lastSeen: nullable(instant),
  version: Type.String(),
})

export const hostList = record('HostList', { items: Type.Array(hostView) })

export const hostParams = parameters({ id: identifier })
