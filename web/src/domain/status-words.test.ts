import { describe, expect, it } from 'vitest'
import { GembaError, troubleOf } from '../../../model/error.ts'
import { modeStatus } from '../../testing/sample-details.ts'
import { sourceTrouble, statusLines } from './status-words.ts'

describe('the health of a source', () => {
  const healthOf = (error: unknown) => {
    const health = { healthy: false, ...troubleOf(error), since: '2026-01-01T00:00:00.000Z' }
    return statusLines({ ...modeStatus(), health }).find(({ name }) => name === 'Health')
  }

  it('tells what is wrong, what to do and the code, and keeps silence and refusal apart', () => {
    const silent = healthOf(new GembaError('work_plane_unavailable', { why: 'refused' }))
    expect(silent?.sign.word).toBe('does not answer')
    expect(silent?.more).toMatch(/can not be reached: refused.*Check the address.*work_plane_unavailable$/)
    const refused = healthOf(new GembaError('beads_login_refused', { why: 'denied' }))
    expect(refused?.sign.word).toBe('can not be used')
    expect(refused?.more).toMatch(/denied.*password.*beads_login_refused$/)
    expect(healthOf(new Error('odd'))).toMatchObject({ sign: { word: 'does not answer' }, more: 'odd' })
  })

  it('is told in a few words above all', () => {
    expect(sourceTrouble('work_plane_unavailable')).toBe(sourceTrouble(null))
    expect(sourceTrouble('beads_database_missing')).not.toBe(sourceTrouble(null))
  })
})
