import { isAbsolute } from 'node:path'
import { said } from './git.ts'
import type { OpenedRepository } from './opened-repository.ts'

export type Pushed =
  | { readonly ok: true; readonly url: string }
  /** `behind`: the remote has commits that we lack, so that another try after a fetch may go through. */
  | { readonly ok: false; readonly why: string; readonly behind: boolean }

const networkTimeout = 120_000

/** Hooks of a repository on this disk are not run by us: an agent could have made that repository. */
const quiet = 'git -c core.hooksPath=/dev/null'

/** Brings the remote's base to its tracking branch. Returns why it could not. A remote without that branch is fine. */
export async function fetchBase(opened: OpenedRepository): Promise<string | undefined> {
  const { remote, base } = opened.repository
  if (opened.git.setting(`remote.${remote}.url`) === undefined) return `there is no remote ${remote}`
  const refspec = `+refs/heads/${base}:${trackingRef(opened)}`
  const flags = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--no-auto-maintenance']
  const [url = ''] = await urlsOf(opened, [])
  const program = isOnDisk(url) ? [`--upload-pack=${quiet} upload-pack`] : []
  const command = ['fetch', ...flags, ...program, '--end-of-options', remote, refspec]
  const result = await opened.git.try(command, { timeout: networkTimeout })
  if (result.code === 0 || /couldn't find remote ref/i.test(result.stderr)) return undefined
  return `${remote} could not be read: ${said(result)}`
}

/** The commit of the remote's base, as last fetched. */
export async function remoteBase(opened: OpenedRepository): Promise<string | undefined> {
  const { code, stdout } = await opened.git.try(['rev-parse', '--verify', '--quiet', trackingRef(opened)])
  return code === 0 ? stdout.trim() : undefined
}

/** Pushes a local branch under its own name, never by force. */
export async function push(opened: OpenedRepository, branch: string): Promise<Pushed> {
  const { remote } = opened.repository
  const [url = '', ...more] = await urlsOf(opened, ['--push', '--all'])
  if (more.length > 0) return { ok: false, why: 'it has several addresses to push to', behind: false }
  const flags = ['--porcelain', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no']
  const program = isOnDisk(url) ? [`--receive-pack=${quiet} receive-pack`] : []
  const refspec = `refs/heads/${branch}:refs/heads/${branch}`
  const command = ['push', ...flags, ...program, '--end-of-options', remote, refspec]
  const result = await opened.git.try(command, { timeout: networkTimeout })
  if (result.code === 0) return { ok: true, url }
  const line = result.stdout.split('\n').find((text) => text.startsWith('!')) ?? ''
  return {
    ok: false,
    why: said({ stdout: '', stderr: line === '' ? result.stderr : (line.split('\t').at(-1) ?? '') }),
    behind: /\((fetch first|non-fast-forward|.*reference already exists.*|.*cannot lock ref.*)\)/.test(line),
  }
}

/** Where a person opens the request to merge, for the hosts that are known; null for others. */
export function compareUrl(remoteUrl: string, base: string, branch: string): string | null {
  const at = /^(?:https?:\/\/|ssh:\/\/)?(?:[^@/]*@)?([a-z0-9.-]+)(?::\d+)?[:/]+([\w./~-]+?)(?:\.git)?\/?$/i.exec(
    remoteUrl,
  )
  const [host = '', path = ''] = [at?.[1]?.toLowerCase(), at?.[2]]
  const site = `https://${host}/${path}`
  const [to, from] = [encodeURIComponent(base), encodeURIComponent(branch)]
  if (host === 'github.com') return `${site}/compare/${to}...${from}?expand=1`
  if (host === 'codeberg.org') return `${site}/compare/${to}...${from}`
  if (host === 'bitbucket.org') return `${site}/pull-requests/new?source=${from}&dest=${to}`
  if (host !== 'gitlab.com' && !host.startsWith('gitlab.')) return null
  const [source, target] = ['merge_request%5Bsource_branch%5D', 'merge_request%5Btarget_branch%5D']
  return `${site}/-/merge_requests/new?${source}=${from}&${target}=${to}`
}

function trackingRef(opened: OpenedRepository): string {
  return `refs/remotes/${opened.repository.remote}/${opened.repository.base}`
}

async function urlsOf(opened: OpenedRepository, flags: readonly string[]): Promise<string[]> {
  const listing = await opened.git.run(['remote', 'get-url', ...flags, '--', opened.repository.remote])
  return listing.split('\n').filter(Boolean)
}

function isOnDisk(url: string): boolean {
  return isAbsolute(url) || url.startsWith('file:') || !/^[^/]+:/.test(url)
}
