import { describe, expect, it } from 'vitest'
import { recordedOutput } from '../../../test/bd/recorded-output.ts'
import type { ErrorCode } from '../../../model/error.ts'
import { bdFailure } from './bd-error.ts'

const conflict =
  'Error updating sv-7r3: dolt commit: Error 1213 (40001): serialization failure: this transaction conflicts with ' +
  'a committed transaction from another client, try restarting transaction.'

describe('a failure of bd', () => {
  it.each<[string, ErrorCode, string]>([
    ['err-show-badid.json', 'bead_not_found', ''],
    ['err-show-badid.err', 'bead_not_found', 'gm-nope'],
    ['err-update-badid.err', 'bead_not_found', 'gm-nope'],
    ['err-delete-badid.err', 'bead_not_found', 'gm-nope'],
    ['err-close-badid.json', 'bead_not_found', 'gm-nope'],
    ['err-parent-missing.err', 'bead_not_found', 'gm-nope'],
    ['err-dep-cycle.json', 'dependency_cycle', ''],
    ['err-dep-self.json', 'dependency_invalid', 'itself'],
    ['err-dep-epic-task.json', 'dependency_invalid', 'epics'],
    ['err-dep-child-on-parent.json', 'dependency_invalid', 'already a child'],
    ['err-status-unknown.json', 'bead_invalid', 'status'],
    ['err-type-unknown.err', 'bead_invalid', 'type'],
    ['err-title-long.err', 'bead_invalid', 'title'],
    ['err-id-prefix.err', 'bead_invalid', 'prefix'],
    ['err-readonly.err', 'read_only', 'read-only mode'],
    ['err-server-down.err', 'work_plane_unavailable', 'unreachable'],
    ['err-wrong-identity-read.err', 'work_plane_unavailable', 'IDENTITY'],
    ['err-missing-database.err', 'beads_database_missing', 'nodb'],
    ['err-embedded-locked-read.err', 'work_plane_unavailable', 'locked'],
    ['err-uninit-list.err', 'work_plane_unavailable', 'no beads database'],
    ['sigterm.err', 'work_plane_unavailable', 'canceled'],
    ['update-claim-other.err', 'bead_already_claimed', 'ada'],
    ['close-blocked.err', 'bead_close_refused', 'gm-2zs.2'],
    ['close-epic-open-children.err', 'bead_close_refused', '2 open child'],
  ])('%s is %s', (name, code, word) => {
    const said = recordedOutput(name)
    const streams = name.endsWith('.json') ? { stdout: said, stderr: '' } : { stdout: '', stderr: said }
    const error = bdFailure({ code: 1, ...streams })
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(word)])
  })

  it('is known in an envelope, beside warnings, and when it may be tried again', () => {
    const told = { data: { error: 'issue gm-x not found' }, schema_version: 1 }
    const stderr = `warning: beads.role not configured\n${JSON.stringify(told)}`
    expect(bdFailure({ code: 1, stdout: '', stderr })).toMatchObject({ code: 'bead_not_found' })
    expect(bdFailure({ code: 1, stdout: '', stderr: conflict })).toMatchObject({ code: 'work_plane_conflict' })
    const strange = bdFailure({ code: 3, stdout: '', stderr: 'Error: the moon is full' })
    expect([strange.code, strange.params]).toEqual(['bd_failed', { why: 'the moon is full' }])
  })

  it('quotes no login of an address', () => {
    const stderr = 'Error: push to https://ghp_hidden@h/a failed: the moon is full'
    const why = 'push to https://…@h/a failed: the moon is full'
    expect(bdFailure({ code: 1, stdout: '', stderr }).params).toEqual({ why })
  })
})
