import type { ErrorCode } from '../../model/error.ts'

/** Failures that may mend by themselves. Every other code ends an activity at once; unknown failures are tried again. */
export const retriedCodes: readonly ErrorCode[] = [
  'work_plane_unavailable',
  'work_plane_conflict',
  'beads_login_refused',
  'beads_database_missing',
  'beads_server_not_dolt',
  'beads_tables_missing',
  'bd_hung',
  'temporal_unavailable',
  'store_unavailable',
  'store_in_use',
  'host_offline',
  'terminal_unavailable',
  'disk_full',
  'disk_low',
  'internal',
]
