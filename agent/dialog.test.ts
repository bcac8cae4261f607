import { describe, expect, it } from 'vitest'
import { answerKey, bottomOf, findDialog } from './dialog.ts'

const line = '─'.repeat(80)
const boxed = (command: string, extra = '', mark = '❯') => `old output
1. an older list
✻ Thinking… (12s · esc to interrupt)${extra}
╭${line}╮
│ Bash command                    │
│   ${command}
│ Do you want to proceed?
│ ${mark} 1. Yes                         │
│   2. Yes, and don't ask again for touch
│      commands in /tmp
│   3. No, and tell Claude what to do differently (esc)
╰${line}╯
 12:00:01`

describe('findDialog', () => {
  it('finds the choices and what they are about', () => {
    const dialog = findDialog(boxed('touch x'))
    expect(dialog?.options.map((option) => option.key)).toEqual(['1', '2', '3'])
    expect(dialog?.text).toContain('touch x')
    expect(dialog?.text).not.toContain('Thinking')
    expect(dialog?.text).not.toContain('older')
  })

  it('stays the same while spinners, clocks and the mark move', () => {
    const digest = findDialog(boxed('touch x'))?.digest
    const later = boxed('touch x', ' · 3s', ' ').replace('12:00:01', '12:00:09').replace('12s', '14s')
    expect(findDialog(later)?.digest).toBe(digest)
  })

  it('stays the same when lines break elsewhere', () => {
    const digest = findDialog(boxed('touch a b c'))?.digest
    expect(findDialog(boxed('touch a\n│   b c'))?.digest).toBe(digest)
  })

  it('differs for another command, also in its times', () => {
    const digest = findDialog(boxed('at 10:30 run'))?.digest
    expect(findDialog(boxed('at 11:30 run'))?.digest).not.toBe(digest)
  })

  it('does without a border', () => {
    const screen = (clock: string) => `clock ${clock}\nAllow this?\n  1) Allow\n  2) Deny\n`
    const dialog = findDialog(screen('10:00:01'))
    expect(dialog?.digest).toBe(findDialog(screen('10:00:02'))?.digest)
    expect(dialog === undefined ? '' : answerKey(dialog, true)).toBe('1')
    expect(dialog === undefined ? '' : answerKey(dialog, false)).toBe('2')
  })

  it('answers with the keys of the dialog', () => {
    const dialog = findDialog(boxed('x'))
    if (dialog === undefined) throw new Error('no dialog')
    expect([answerKey(dialog, true), answerKey(dialog, false)]).toEqual(['1', '3'])
    expect(answerKey({ ...dialog, options: [] }, false)).toBe('\u001b')
  })

  describe('of Claude Code 2.1.329', () => {
    const dashes = '╌'.repeat(80)
    const screen = (command: string) => `❯ Do it

● A step
${line}
 Bash command
 A step of the task
${dashes}
 ${command.replaceAll('\n', '\n ')}
${dashes}
 Do you want to proceed?
 ❯ 1. Yes
   2. Yes, and don't ask again for date commands in /tmp
   3. Yes, and switch to auto mode · auto mode handles these prompts for you
   4. No

 Esc to cancel · Tab to amend
`

    it('shows the command between its dashed lines, and tells commands apart', () => {
      const dialog = findDialog(screen('touch x'))
      expect(dialog?.text).toContain('touch x')
      expect(dialog?.digest).not.toBe(findDialog(screen('touch y'))?.digest)
    })

    it.each([
      `rm -rf a\n${line}\ntouch x`,
      `rm -rf a\n${dashes}\ntouch x`,
      'rm -rf a # esc to interrupt',
      '✻ rm -rf a',
      'rm -rf a\n1. No',
    ])('can not be led to hide or turn round %j', (command) => {
      const dialog = findDialog(screen(command))
      expect(dialog?.text).toContain('rm -rf a')
      expect(dialog?.text).toContain('A step of the task')
      expect(dialog === undefined ? [] : [answerKey(dialog, true), answerKey(dialog, false)]).toEqual(['1', '4'])
    })

    it('shows all that can be seen of one that is taller than the screen', () => {
      const seen = screen('touch x').split('\n').slice(7).join('\n')
      expect(findDialog(`rm -rf a\n${'echo\n'.repeat(30)}${seen}`)?.text).toContain('rm -rf a')
    })

    it('is the same beside a panel', () => {
      const lines = screen('echo 🙂 │ │').split('\n')
      const panel = (line: string, index: number) => {
        // The smiling face takes two columns.
        const width = line.includes('🙂') ? 80 : 81
        return `${line.padEnd(width).slice(0, width)}│${index % 2 === 0 ? 'a.txt +1' : '─'.repeat(20)}`
      }
      const beside = findDialog(lines.map(panel).join('\n'))
      expect(beside?.text).not.toContain('a.txt')
      expect(beside).toEqual(findDialog(lines.join('\n')))
    })

    it('is not a list that the agent wrote above its input box', () => {
      expect(findDialog(`● Which?\n  1. Yes\n  2. No\n\n${line}\n❯ \n${line}\n`)).toBeUndefined()
    })
  })

  it('takes choices without numbers', () => {
    const screen = (first: string, second: string) =>
      `${line}\n Is this a project you trust?\n\n ${first} No, exit\n ${second} Yes, I trust this folder\n\n Enter to confirm · Esc to cancel\n`
    const dialog = findDialog(screen('❯', ' '))
    expect(dialog?.text).toContain('you trust?')
    expect(dialog?.digest).toBe(findDialog(screen(' ', '❯'))?.digest)
    if (dialog === undefined) throw new Error('no dialog')
    expect([answerKey(dialog, true), answerKey(dialog, false)]).toEqual(['\u001b[B\r', '\r'])
  })

  it('confirms with Return where the dialog says so', () => {
    const dialog = bottomOf('Enter to stay in auto mode · Esc to cancel')
    expect([answerKey(dialog, true), answerKey(dialog, false)]).toEqual(['\r', '\u001b'])
  })

  it('finds nothing where nothing is asked', () => {
    expect(findDialog('hello\n$ ')).toBeUndefined()
    expect(bottomOf('a 10:00\nb').digest).toBe(bottomOf('a 11:00\nb').digest)
  })
})
