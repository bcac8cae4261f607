import { GembaError } from '../model/error.ts'
import { profileOf, type ModeSource } from '../model/mode.ts'
import type { WorkPlaneManifest } from '../model/work-plane.ts'
import type { ApiDeps, ModeView } from './api-deps.ts'

const noManifest = { path: '', status: 'off', why: '', lost: 0 } as const

/** The way out of full mode. */
export interface ModeChange {
  during: ModeView['during']
  /** Has Gemba go over to Beads-only mode on another source; `work_live` while agents are at work. */
  leave: ModeView['select']
  /** Whether a folder can be opened through `bd`. */
  bdFound: () => boolean
}

/** The mode of a server that works a project: its source is what the configuration says; another one is Beads-only mode. */
export function fullMode({ work, board }: Pick<ApiDeps, 'work' | 'board'>, change: ModeChange): ModeView {
  const profile = profileOf('full', false)
  return {
    profile: () => profile,
    place: (plane) => ({ source: plane === undefined ? null : projectSource(plane), manifest_path: null }),
    sourceId: () => '',
    during: (run) => change.during(run),
    async status() {
      const manifest = await work.manifest().catch(() => undefined)
      const health = board.health()
      return {
        mode: 'full',
        source: manifest === undefined ? null : { ...projectSource(manifest), readonly: manifest.readOnly },
        source_id: '',
        project_required: true,
        orchestration_required: true,
        manifest_path: null,
        beads_read_only: false,
        bd_found: change.bdFound(),
        health,
        privilege: manifest === undefined ? 'unknown' : manifest.readOnly ? 'read_only' : 'read_write',
        read_only_reason: manifest?.readOnlyReason ?? null,
        last_sync: board.lastSync(),
        remote: null,
        manifest: noManifest,
      }
    },
    manifest: () => null,
    check: async () => {
      await work.suspect?.()
      await board.refresh()
    },
    select: (selection, actor) => change.leave(selection, actor),
    setUpRemote: () => Promise.reject(new GembaError('source_fixed', {})),
  }
}

function projectSource({ display }: WorkPlaneManifest): ModeSource {
  return { kind: 'project', display }
}
