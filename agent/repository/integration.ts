import type { Repository } from '../../model/agent.ts'
import type { Integrate, IntegrateOutcome } from '../../model/orchestration-plane.ts'
import { plainLine, plainName } from '../../model/plain-text.ts'
import { beadFolder, conflict, lookAt, type BeadFolder } from './bead-place.ts'
import { completeMove } from './checkout-move.ts'
import { commitAll, setAside } from './dirty-work.ts'
import { whileLocked } from './lock.ts'
import { bringerOf, commitsWith, compare, isAncestor } from './history.ts'
import { mergeIntoBase, type Merge } from './merge-into-base.ts'
import {
  baseFile,
  openCheckout,
  openRepository,
  readBranches,
  requireBase,
  type OpenedRepository,
} from './opened-repository.ts'
import { compareUrl, fetchBase, push, remoteBase } from './remote.ts'
import { steeringOfBranch } from './steering.ts'
import { readStatus } from './work-status.ts'

const lockPatience = 60_000
const shownFiles = 50
const pushAttempts = 3

/** A request to integrate, its repository found. */
export interface IntegrateBead extends Omit<Integrate, 'repository'> {
  readonly repository: Repository
}

type Outcome<Name extends IntegrateOutcome['outcome']> = Extract<IntegrateOutcome, { outcome: Name }>

/** One integration: the request, and where it happens. */
interface Task {
  readonly request: IntegrateBead
  readonly opened: OpenedRepository
  readonly folder: BeadFolder
}

/** See `Repositories.integrate`. */
export async function integrate(request: IntegrateBead): Promise<IntegrateOutcome> {
  const opened = await openRepository(request.repository)
  const folder = await beadFolder(opened, request.bead)
  const task = { request, opened, folder }
  const outcome = await whileLocked(baseFile(opened, 'lock'), { patience: lockPatience }, () => integrateAlone(task))
  return outcome ?? blocked(`another integration into ${request.repository.base} has not ended for a minute`)
}

async function integrateAlone(task: Task): Promise<IntegrateOutcome> {
  const { request, opened, folder } = task
  await requireBase(opened, await readBranches(opened, [request.repository.base]))
  const halfWay = await completeMove(opened)
  if (halfWay !== undefined) return blocked(halfWay)
  const trouble = await settleWorktree(task)
  if (trouble !== undefined) return trouble
  const branch = (await readBranches(opened, [folder.branch])).get(folder.branch)
  if (branch === undefined) return alreadyGone(task)
  switch (request.repository.integration) {
    case 'merge':
      return mergeLocally(task, branch.commit)
    case 'push':
      return mergeAndPush(task, branch.commit)
    case 'pr':
      return pushForReview(task, branch.commit)
    case 'none':
      return leaveOnBranch(task, branch.commit)
  }
}

/** Commits or sets aside what is uncommitted, as the request says. An outcome when a person has to decide. */
async function settleWorktree({ request, opened, folder }: Task): Promise<IntegrateOutcome | undefined> {
  const found = await lookAt(opened, folder)
  if (found.kind === 'foreign') throw conflict(request.bead, found.why)
  if (found.kind !== 'worktree') return undefined
  const branch = (await readBranches(opened, [folder.branch])).get(folder.branch)
  if (branch?.checkedOut !== folder.path) return blocked(`the worktree is not on ${folder.branch}`)
  const git = await openCheckout(opened, found.gitDir, folder.path)
  const status = await readStatus(git)
  if (status.files.length === 0) return undefined
  if (request.dirty === 'refuse') return { outcome: 'dirty', files: status.files.slice(0, shownFiles) }
  if (request.dirty === 'commit' && status.unmerged) return blocked('a merge in the worktree is not finished')
  if (request.dirty === 'commit') await commitAll(git, request.bead)
  else await setAside(git, request.bead)
  const left = await readStatus(git)
  return left.files.length === 0 ? undefined : { outcome: 'dirty', files: left.files.slice(0, shownFiles) }
}

/** The branch was removed after its work was brought in, or never held any. */
async function alreadyGone({ request, opened }: Task): Promise<IntegrateOutcome> {
  const [commit] = await commitsWith(opened.git, `refs/heads/${request.repository.base}`, 'Bead', request.bead)
  return commit === undefined ? nothing : integrated(await describe(opened, commit))
}

async function mergeLocally(task: Task, head: string): Promise<IntegrateOutcome> {
  const { request, opened } = task
  const base = `refs/heads/${request.repository.base}`
  if (await isAncestor(opened.git, head, base)) {
    const commit = await bringerOf(opened.git, head, base)
    return commit === null ? nothing : integrated(await describe(opened, commit))
  }
  const merge = await mergeIntoBase(opened, head, messageOf(request))
  return merge.outcome === 'merged' ? integrated(await describe(opened, merge.commit)) : refused(merge)
}

/** Fetches first, so that the merge lies on top of what others have pushed. The remote is never forced. */
async function mergeAndPush(task: Task, head: string): Promise<IntegrateOutcome> {
  const { base, remote } = task.request.repository
  let why = ''
  for (let attempt = 0; attempt < pushAttempts; attempt += 1) {
    const fetched = await fetchBase(task.opened)
    if (fetched !== undefined) return blocked(fetched)
    const caughtUp = await catchUp(task)
    if (caughtUp !== undefined) return caughtUp
    const outcome = await mergeLocally(task, head)
    if (outcome.outcome !== 'integrated') return outcome
    const pushed = await push(task.opened, base)
    if (pushed.ok) return outcome
    why = pushed.why
    if (!pushed.behind) break
  }
  return blocked(`${remote} did not take ${base}: ${why}`)
}

/** Brings what others have pushed into the local base. */
async function catchUp({ opened, request }: Task): Promise<IntegrateOutcome | undefined> {
  const { base, remote } = request.repository
  const theirs = await remoteBase(opened)
  if (theirs === undefined || (await isAncestor(opened.git, theirs, `refs/heads/${base}`))) return undefined
  const merge = await mergeIntoBase(opened, theirs, `Merge ${base} of ${remote}\n`, 'forward')
  if (merge.outcome === 'merged') return undefined
  return merge.outcome === 'conflict'
    ? blocked(`${base} here and at ${remote} have gone apart and conflict in ${shown(merge.files)}`)
    : refused(merge)
}

async function pushForReview(task: Task, head: string): Promise<IntegrateOutcome> {
  const { request, opened, folder } = task
  const { base, remote } = request.repository
  const fetched = await fetchBase(opened)
  if (fetched !== undefined) return blocked(fetched)
  const theirs = await remoteBase(opened)
  if (theirs !== undefined && (await isAncestor(opened.git, head, theirs))) {
    const commit = await bringerOf(opened.git, head, theirs)
    return commit === null ? nothing : integrated(await describe(opened, commit))
  }
  if (await isAncestor(opened.git, head, `refs/heads/${base}`)) return nothing
  const steering = await steeringOfBranch(opened.git, theirs ?? `refs/heads/${base}`, head)
  if (steering !== undefined) return blocked(steering)
  const pushed = await push(opened, folder.branch)
  if (!pushed.ok) return blocked(`${remote} did not take ${folder.branch}: ${pushed.why}`)
  return { outcome: 'review', branch: folder.branch, url: compareUrl(pushed.url, base, folder.branch) }
}

async function leaveOnBranch({ request, opened }: Task, head: string): Promise<IntegrateOutcome> {
  const base = `refs/heads/${request.repository.base}`
  if (await isAncestor(opened.git, head, base)) {
    const commit = await bringerOf(opened.git, head, base)
    return commit === null ? nothing : integrated(await describe(opened, commit))
  }
  const steering = await steeringOfBranch(opened.git, base, head)
  if (steering !== undefined) return blocked(steering)
  return integrated({ commit: head, ...(await compare(opened.git, base, head)) })
}

async function describe(opened: OpenedRepository, commit: string): Promise<Omit<Outcome<'integrated'>, 'outcome'>> {
  return { commit, ...(await compare(opened.git, `${commit}^1`, commit, 'brought')) }
}

function refused(merge: Exclude<Merge, { outcome: 'merged' }>): IntegrateOutcome {
  return merge.outcome === 'blocked' ? merge : { outcome: 'conflict', files: merge.files.slice(0, shownFiles) }
}

const nothing: Outcome<'integrated'> = { outcome: 'integrated', commit: null, commits: 0, filesChanged: 0 }

function integrated(work: Omit<Outcome<'integrated'>, 'outcome'>): IntegrateOutcome {
  return { outcome: 'integrated', ...work }
}

function blocked(why: string): Outcome<'blocked'> {
  return { outcome: 'blocked', why }
}

function shown(files: readonly string[]): string {
  const names = files.slice(0, 5).map(plainName)
  return names.join(', ') + (files.length > names.length ? ', …' : '')
}

function messageOf(request: IntegrateBead): string {
  const title = plainLine(request.title, 100) || request.bead
  return `${title}\n\nBead: ${request.bead}\nSession: ${plainLine(request.session, 100)}\n`
}
