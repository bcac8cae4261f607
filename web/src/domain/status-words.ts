import type { ModeStatus } from '../api/types.ts'
import type { Sign } from './words.ts'

/** One line of the status panel: what it is about, its state as a word, and what more is known. */
export interface StatusLine {
  readonly name: string
  readonly sign: Sign
  readonly more: string
}

/** What the status panel says, from top to bottom. */
export function statusLines(status: ModeStatus): readonly StatusLine[] {
  return [healthLine(status), accessLine(status), remoteLine(status), manifestLine(status), orchestrationLine(status)]
}

function healthLine({ health, source }: ModeStatus): StatusLine {
  if (source === null)
    return { name: 'Source', sign: { word: 'not chosen', icon: 'hourglass', tone: 'wait' }, more: health.why }
  const sign = health.healthy
    ? ({ word: 'answers', icon: 'check', tone: 'good' } as const)
    : ({ word: isSilent(health.code) ? 'does not answer' : 'can not be used', icon: 'alert', tone: 'bad' } as const)
  return { name: 'Health', sign, more: joined(health.why, health.mend, health.code ?? '') }
}

/** In a few words, what is wrong with the Beads source. */
export function sourceTrouble(code: string | null): string {
  return isSilent(code) ? 'The Beads database does not answer.' : 'The Beads database can not be used.'
}

/** Whether nobody was heard, instead of refused. */
function isSilent(code: string | null): boolean {
  return code === null || code === 'work_plane_unavailable' || code === 'bd_hung'
}

function accessLine({ privilege, read_only_reason: why }: ModeStatus): StatusLine {
  const name = 'Access'
  switch (privilege) {
    case 'read_write':
      return { name, sign: { word: 'read and write', icon: 'check', tone: 'good' }, more: '' }
    case 'read_only':
      return { name, sign: { word: 'read only', icon: 'book', tone: 'plain' }, more: why ?? '' }
    case 'unknown':
      return { name, sign: { word: 'not known yet', icon: 'hourglass', tone: 'wait' }, more: '' }
  }
}

function remoteLine({ remote }: ModeStatus): StatusLine {
  const name = 'Remote'
  if (remote === null)
    return {
      name,
      sign: { word: 'not told', icon: 'dot', tone: 'plain' },
      more: 'This source says nothing of remotes.',
    }
  if (!remote.configured) return { name, sign: { word: 'none', icon: 'dot', tone: 'plain' }, more: remote.why }
  const place = `${remote.name} ${remote.display}`.trim()
  switch (remote.reachable) {
    case 'yes':
      return { name, sign: { word: 'reachable', icon: 'check', tone: 'good' }, more: place }
    case 'no':
      return { name, sign: { word: 'not reachable', icon: 'alert', tone: 'bad' }, more: joined(place, remote.why) }
    case 'unknown':
      return { name, sign: { word: 'configured', icon: 'link', tone: 'plain' }, more: joined(place, remote.why) }
  }
}

function manifestLine({ manifest }: ModeStatus): StatusLine {
  const name = 'Session manifest'
  switch (manifest.status) {
    case 'ok':
      return { name, sign: { word: 'recorded', icon: 'check', tone: 'good' }, more: manifest.path }
    case 'failed': {
      const lost = manifest.lost === 0 ? '' : `${manifest.lost} not written yet.`
      return {
        name,
        sign: { word: 'can not be written', icon: 'alert', tone: 'bad' },
        more: joined(manifest.path, manifest.why, lost),
      }
    }
    case 'off':
      return { name, sign: { word: 'not recorded', icon: 'dot', tone: 'plain' }, more: manifest.why }
  }
}

function orchestrationLine({ orchestration_required: isRequired }: ModeStatus): StatusLine {
  const name = 'Orchestration'
  return isRequired
    ? { name, sign: { word: 'part of this mode', icon: 'check', tone: 'good' }, more: '' }
    : {
        name,
        sign: { word: 'not applicable', icon: 'dot', tone: 'plain' },
        more: 'Execution is not part of this mode, by design.',
      }
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ')
}

const kinds = { url: 'Address', worktree: 'Worktree', beads_dir: 'Beads directory', project: 'Project' } as const

/** What kind of source it is, for people. */
export function sourceKindWord(kind: keyof typeof kinds): string {
  return kinds[kind]
}
