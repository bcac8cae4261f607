import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { plainLine } from '../../model/plain-text.ts'
import { runChild, stopChildren } from './child.ts'
import { confineTo, type ConfinedFiles } from './confined-files.ts'
import { openConversation, type Conversation } from './conversation.ts'
import { readProgress, type Progress } from './progress.ts'
import { ask, report } from './sentinel.ts'
import { defaultSteps, findSteps, parseSteps, type Step } from './steps.ts'

/**
 * The example agent: a plain program that does small real work in its worktree, as a bead's `gemba-steps` say. Reads
 * `GEMBA_BEAD` and the file `GEMBA_PREAMBLE`; `GEMBA_SCRIPTED_PACE` scales its pauses (1 by default, 0 for none).
 * Exits 0 when it is told to quit, 1 after the step `fail`, 2 when it can not begin.
 */
interface Job {
  readonly bead: string
  readonly steps: readonly Step[]
  readonly files: ConfinedFiles
  readonly progress: Progress
  readonly conversation: Conversation
  readonly pace: number
}

type Next = 'on' | 'finished'

const breath = 0.7

async function main(): Promise<void> {
  let atRest = false
  let noMoreInput = false
  const conversation = openConversation(
    () => quit(0),
    () => {
      noMoreInput = true
      if (atRest) quit(0)
    },
  )
  const job = await readJob(conversation)
  await work(job)
  atRest = true
  if (noMoreInput) quit(0)
  conversation.detail('I wait here. Type /exit to let me go.')
}

async function readJob(conversation: Conversation): Promise<Job> {
  const bead = process.env['GEMBA_BEAD'] ?? ''
  const preamble = readFileSync(process.env['GEMBA_PREAMBLE'] ?? '', 'utf8')
  if (!/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/.test(bead)) throw new Error('GEMBA_BEAD names no bead')
  const title = plainLine(/^(?:> )?Title: (.+)$/m.exec(preamble)?.[1] ?? bead, 200)
  const lines = findSteps(preamble)
  const steps = lines === undefined ? defaultSteps(bead, title) : parseSteps(lines)
  const given = Number(process.env['GEMBA_SCRIPTED_PACE'] ?? 1)
  const pace = given >= 0 && given <= 100 ? given : 1
  conversation.step(`${bead}: ${title}`)
  return { bead, steps, files: confineTo(process.cwd()), progress: await readProgress(bead), conversation, pace }
}

async function work(job: Job): Promise<void> {
  const { progress, steps, conversation, bead } = job
  await report('working', bead)
  if (progress.next > 0) conversation.detail(`Steps 1 to ${progress.next} are committed already; I go on behind them.`)
  for (const step of steps.slice(progress.next)) if (step.kind === 'append') await progress.restore(step.path)
  for (const [index, step] of steps.entries()) {
    if (index < progress.next) continue
    if ((await take(job, step, index)) === 'finished') return
    await pause(breath * job.pace * 1_000)
  }
  await finish(job)
}

async function take(job: Job, step: Step, index: number): Promise<Next> {
  const { conversation, files, progress } = job
  const filled = (text: string) => text.replaceAll('{answer}', answerBefore(progress, index))
  switch (step.kind) {
    case 'say':
      conversation.step(filled(step.text))
      return 'on'
    case 'write':
      files.write(step.path, filled(step.text))
      conversation.good(`wrote ${step.path} (${step.text.split('\n').length - 1} lines)`)
      return 'on'
    case 'append':
      files.append(step.path, `${filled(step.text)}\n`)
      conversation.good(`appended a line to ${step.path}`)
      return 'on'
    case 'commit':
      if (await progress.commit(index, filled(step.message))) conversation.good(`committed: ${filled(step.message)}`)
      else conversation.detail('There is nothing to commit.')
      return 'on'
    case 'ask':
      await askOnce(job, step, index)
      return 'on'
    case 'run-tests':
      await runTests(job)
      return 'on'
    case 'sleep':
      conversation.detail('thinking …')
      await pause(step.seconds * job.pace * 1_000)
      return 'on'
    case 'fail':
      conversation.bad('This step fails, as it was told to.')
      await report('stalled', job.bead, 'a step failed')
      return quit(1)
    case 'done':
      await finish(job)
      return 'finished'
  }
}

async function askOnce(job: Job, step: Extract<Step, { kind: 'ask' }>, index: number): Promise<void> {
  const { conversation, progress, bead } = job
  conversation.step(step.question)
  for (const [number, option] of step.options.entries()) conversation.detail(`${number + 1}. ${option}`)
  if (!progress.answers.has(index)) {
    const answer = await ask(conversation, bead, step.question, step.options)
    progress.remember(index, plainLine(answer, 200))
    await report('working', bead)
  }
  conversation.good(`The answer is: ${progress.answers.get(index) ?? ''}`)
}

/** Shows the output of the tests. While they fail, the agent stands still until somebody types something. */
async function runTests({ conversation, bead }: Job): Promise<void> {
  for (;;) {
    conversation.step('node --test')
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined }
    const { code, stdout } = await runChild(process.execPath, ['--test', '--test-reporter=spec'], { env }).ended
    for (const line of stdout.trimEnd().split('\n').slice(-60)) conversation.detail(line)
    if (code === 0) return conversation.good('The tests pass.')
    const typed = conversation.nextLine()
    conversation.bad('The tests fail. Type retry to run them again, or /exit.')
    await report('stalled', bead, 'the tests fail')
    await typed.line
    await report('working', bead)
  }
}

async function finish({ bead, steps, conversation }: Job): Promise<void> {
  await report('bead-done', bead, `did ${steps.length} steps`)
  conversation.good(`${bead} is done.`)
}

/** The answer to the latest question before a step. */
function answerBefore({ answers }: Progress, index: number): string {
  const asked = [...answers.keys()].filter((step) => step < index)
  return answers.get(Math.max(...asked)) ?? ''
}

function quit(code: number): never {
  stopChildren()
  process.exit(code)
}

main().catch(async (error: unknown) => {
  const why = plainLine(error instanceof Error ? error.message : String(error), 300)
  process.stdout.write(`I can not go on: ${why}\n`)
  await report('stalled', process.env['GEMBA_BEAD'] ?? '', why)
  quit(2)
})
