import { expect, it, vi } from 'vitest'
import { system } from '../model/actor.ts'
import { GembaError } from '../model/error.ts'
import type { SourceSelection } from '../model/mode.ts'
import { chosenSource, type OpenSource } from './chosen-source.ts'

function opened(name: string, log: string[]): OpenSource {
  return {
    source: { kind: 'worktree', display: name },
    work: { get: async () => ({ id: name }) },
    manifest: { connected: async () => void log.push(`connected ${name}`) },
    close: async () => void log.push(`closed ${name}`),
  } as unknown as OpenSource
}

function bench() {
  const log: string[] = []
  const source = chosenSource(async (selection) => {
    const name = selection.kind === 'url' ? selection.url : selection.folder
    if (name === 'broken') throw new GembaError('work_plane_unavailable', { why: 'it is broken' })
    log.push(`opened ${name}`)
    return opened(name, log)
  })
  return { log, source }
}

const named = (folder: string): SourceSelection => ({ kind: 'worktree', folder })

it('refuses with a code until one is chosen', async () => {
  const { source } = bench()
  expect(source.current()).toBeNull()
  await expect(source.work.get('gm-1')).rejects.toMatchObject({ code: 'source_missing' })
})

it('goes over to another, then closes the one before', async () => {
  const { log, source } = bench()
  const told = vi.fn()
  source.onSelect((open) => told(open.source.display))
  await source.select(named('one'), system)
  await source.select(named('two'), system)
  expect(await source.work.get('x')).toEqual({ id: 'two' })
  expect(told.mock.calls).toEqual([['one'], ['two']])
  expect(log).toEqual(['opened one', 'connected one', 'opened two', 'connected two', 'closed one'])
})

it('stays where it was when another can not be opened', async () => {
  const { log, source } = bench()
  await source.select(named('one'), system)
  await expect(source.select(named('broken'), system)).rejects.toMatchObject({ code: 'work_plane_unavailable' })
  expect(await source.work.get('x')).toEqual({ id: 'one' })
  expect(log).not.toContain('closed one')
})

it('takes one after the other, and closes what is open at the end', async () => {
  const { log, source } = bench()
  await Promise.all([source.select(named('one'), system), source.select(named('two'), system)])
  expect(source.current()?.source.display).toBe('two')
  await source.close()
  expect(log.slice(-2)).toEqual(['closed one', 'closed two'])
})
