import { expect, it } from 'vitest'
import { sessionSettings } from './claude-code.ts'

it('keeps an agent off what is withheld, and lets it read its task, wherever both lie', () => {
  const { permissions } = JSON.parse(sessionSettings('/a (old) [x]/host/preamble.md', ['/a (old) [x]/token'])) as {
    permissions: { allow: string[]; deny: string[] }
  }
  // In Claude Code a path is a pattern; `//` is the root of the file system.
  expect(permissions.allow).toContain(String.raw`Read(//a \(old\) \[x\]/host/preamble.md)`)
  expect(permissions.deny).toEqual([
    'AskUserQuestion',
    String.raw`Read(//a \(old\) \[x\]/token)`,
    String.raw`Edit(//a \(old\) \[x\]/token)`,
  ])
})
