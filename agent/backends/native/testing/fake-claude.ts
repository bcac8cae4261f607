import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StartPane } from '../../../../model/orchestration-plane.ts'
import { briefOf, startOf } from '../../../../test/conformance/orchestration-plane.ts'
import type { NativeFixture } from './native-fixture.ts'

/** Behaves on its terminal and to its hooks as Claude Code does with one permission dialog. */
const program = String.raw`
import { appendFileSync, readFileSync } from 'node:fs'
import { spawnSync } from "node:child_process"
const settings = JSON.parse(readFileSync(process.argv[process.argv.indexOf('--settings') + 1], 'utf8'))
const hook = (name, more = {}) => {
  const input = JSON.stringify({ hook_event_name: name, session_id: 'abc-1', cwd: process.cwd(), ...more })
  for (const { hooks } of settings.hooks[name]) for (const { command } of hooks) spawnSync('/bin/sh', ['-c', command], { input })
}
appendFileSync(process.env.HOME + '/argv', JSON.stringify(process.argv.slice(2)) + '\n')
process.stdin.setRawMode(true)
let dialog = true
let ticks = 0
const draw = () => {
  ticks += 1
  const lines = ['✻ Thinking… (' + ticks + 's · esc to interrupt)', '']
  if (dialog) lines.push('╭' + '─'.repeat(60) + '╮', '│ Bash command', '│   rm -rf build', '│ Do you want to proceed?', '│ ' + (ticks % 2 ? '❯' : ' ') + ' 1. Yes', "│   2. Yes, and don't ask again", '│   3. No, and tell Claude what to do differently (esc)', '╰' + '─'.repeat(60) + '╯')
  lines.push('clock 12:00:' + String(ticks % 60).padStart(2, '0'))
  process.stdout.write('\x1b[H\x1b[2J' + lines.join('\r\n'))
}
if (process.env.TRUST) {
  process.stdout.write('\x1b[H\x1b[2JDo you trust the files in this folder?\r\n\r\n ❯ 1. Yes, proceed\r\n   2. No, exit\r\n')
  await new Promise((resolve) => process.stdin.once('data', resolve))
  process.stdout.write('\x1b[H\x1b[2J')
}
hook('SessionStart', { source: 'startup' })
hook('UserPromptSubmit', { prompt: 'go' })
hook('PreToolUse', { tool_name: 'Bash', tool_input: { command: 'rm -rf build' } })
setTimeout(() => { draw(); setInterval(draw, 100) }, 200)
hook('Notification', { notification_type: 'permission_prompt', message: 'Claude needs your permission' })
let twice = false
const again = () => {
  dialog = true
  draw()
  hook('PermissionRequest', { tool_name: 'Bash', tool_input: { command: 'rm -rf build' } })
}
let typed = ''
process.stdin.on('data', (data) => {
  appendFileSync(process.env.HOME + '/keys', data)
  const keys = data.toString()
  if (dialog) {
    if (!['1', '3', '\x1b'].includes(keys)) return
    dialog = false
    draw()
    if (keys !== '1') return
    hook('PostToolUse', { tool_name: 'Bash' })
    if (process.env.TWICE && !twice) { twice = true; again() } else hook('Stop')
    return
  }
  typed += keys
  if (keys.endsWith('\r')) { hook('UserPromptSubmit', { prompt: typed }); typed = '' }
})
`

/**
 * Starts it as session `s1`. `TRUST` in its environment: it asks about the folder before its first hook. `TWICE`: once
 * the dialog is approved, the very same one comes again.
 */
export async function startFakeClaude(
  fixture: NativeFixture,
  env: Record<string, string> = {},
): Promise<{ start: StartPane; cursor: number }> {
  const file = join(fixture.folder, 'fake-claude.mjs')
  writeFileSync(file, program)
  const agent = fixture.agent('claude', `exec '${process.execPath}' '${file}' "$@"`, {
    hooks: 'claude_code',
    preamble: 'argument',
    model: 'opus',
    quit: '/exit',
    env,
  })
  const bead = briefOf('ex-1', {})
  const start = startOf(fixture.repository, agent, { session: 's1', bead })
  return { start, cursor: (await fixture.plane.start(start)).cursor }
}
