import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { runChild } from './child.ts'

/**
 * How far the agent has come with its bead. The commits are the memory: each names the step that made it, so that an
 * agent started again in the same worktree, or in a new one on the same branch, goes on behind the last commit.
 */
export interface Progress {
  /** Index of the first step that no commit covers. */
  readonly next: number
  /** Answers that people gave, by the index of the step that asked. */
  readonly answers: ReadonlyMap<number, string>
  /** Keeps an answer until a commit does. */
  remember(step: number, answer: string): void
  /** Commits all of the worktree as the work up to this step. False when there was nothing to commit. */
  commit(step: number, message: string): Promise<boolean>
  /** Takes a file back to its last commit, so that a step on it can be done again without doubling. */
  restore(path: string): Promise<void>
}

const stepTrailer = 'Gemba-Step'
const answerTrailer = 'Gemba-Answer'
const committedLimit = 500

export async function readProgress(bead: string): Promise<Progress> {
  const gitDir = resolve((await git(['rev-parse', '--git-dir'])).trim())
  await clearLocks(gitDir)
  const memory = join(gitDir, 'gemba-answers.json')
  const format = `%(trailers:key=${stepTrailer},key=${answerTrailer},unfold)`
  const log = await git(['log', `--max-count=${committedLimit}`, `--format=${format}`, 'HEAD'])
  const answers = new Map([...committedAnswers(log, bead), ...keptAnswers(memory, bead)])
  return {
    next: Math.max(0, ...committedSteps(log, bead).map((step) => step + 1)),
    answers,
    remember: (step, answer) => {
      answers.set(step, answer)
      const draft = `${memory}.${process.pid}`
      writeFileSync(draft, JSON.stringify({ bead, answers: [...answers] }))
      renameSync(draft, memory)
    },
    commit: (step, message) => commitAll(bead, step, message, answers),
    restore: async (path) => {
      const tracked = (await git(['ls-tree', '-z', '--name-only', 'HEAD', '--', `:(literal)${path}`])) !== ''
      if (tracked) await git(['checkout', '--quiet', 'HEAD', '--', `:(literal)${path}`])
      else rmSync(path, { force: true })
    },
  }
}

async function commitAll(
  bead: string,
  step: number,
  message: string,
  answers: ReadonlyMap<number, string>,
): Promise<boolean> {
  await git(['add', '--all', '--', '.'])
  const { ended } = runChild('git', ['diff', '--cached', '--quiet'])
  if ((await ended).code === 0) return false
  const trailers = [`${stepTrailer}: ${bead} ${step}`]
  for (const [asked, answer] of answers) trailers.push(`${answerTrailer}: ${bead} ${asked} ${answer}`)
  const who = (await isKnown()) ? [] : ['-c', 'user.name=Scripted Agent', '-c', 'user.email=scripted@localhost']
  await git([...who, 'commit', '--quiet', '--no-verify', '-F', '-'], `${message}\n\n${trailers.join('\n')}\n`)
  return true
}

async function isKnown(): Promise<boolean> {
  const { ended } = runChild('git', ['config', 'user.email'])
  return (await ended).code === 0
}

function committedSteps(log: string, bead: string): number[] {
  return log.split('\n').flatMap((line) => {
    const [key, owner, step] = line.split(' ')
    return key === `${stepTrailer}:` && owner === bead ? [Number(step)] : []
  })
}

function committedAnswers(log: string, bead: string): [number, string][] {
  return log.split('\n').flatMap((line): [number, string][] => {
    const [key, owner, step, ...answer] = line.split(' ')
    return key === `${answerTrailer}:` && owner === bead ? [[Number(step), answer.join(' ')]] : []
  })
}

function keptAnswers(memory: string, bead: string): [number, string][] {
  if (!existsSync(memory)) return []
  const kept = JSON.parse(readFileSync(memory, 'utf8')) as { bead: string; answers: [number, string][] }
  return kept.bead === bead ? kept.answers : []
}

/** Locks of a git command that was killed together with an earlier agent. Nobody else works here. */
async function clearLocks(gitDir: string): Promise<void> {
  const locks = ['index.lock', 'HEAD.lock'].map((name) => join(gitDir, name)).filter((path) => existsSync(path))
  if (locks.length === 0) return
  await pause(1_000)
  for (const path of locks) rmSync(path, { force: true })
}

async function git(args: readonly string[], input?: string): Promise<string> {
  const { ended } = runChild('git', ['--no-pager', ...args], input === undefined ? {} : { input })
  const { code, stdout, stderr } = await ended
  if (code !== 0)
    throw new Error(`git ${args.find((arg) => !arg.startsWith('-')) ?? ''}: ${stderr.trim().slice(0, 300)}`)
  return stdout
}
