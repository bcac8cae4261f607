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
  const hanging = Promise.withResolvers<void>()
  const source = chosenSource(
    async (selection) => {
      const name = selection.kind === 'url' ? selection.url : selection.folder
      if (name === 'broken') throw new GembaError('work_plane_unavailable', { why: 'it is broken' })
      if (name === 'hanging') await hanging.promise
      log.push(`opened ${name}`)
      return opened(name, log)
    },
    { warn: () => undefined },
    { drainMs: 200, openMs: 200 },
  )
  return { log, source, hanging }
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

it('gives up one that hangs, lets the next be chosen, and closes it when it opens in the end', async () => {
  const { log, source, hanging } = bench()
  await source.select(named('one'), system)
  await expect(source.select(named('hanging'), system)).rejects.toMatchObject({ code: 'work_plane_unavailable' })
  expect(source.current()?.source.display).toBe('one')
  await source.select(named('two'), system)
  hanging.resolve()
  await vi.waitFor(() => expect(log.slice(-2)).toEqual(['opened hanging', 'closed hanging']))
  expect(source.current()?.source.display).toBe('two')
})

it('takes one after the other, and closes what is open at the end', async () => {
  const { log, source } = bench()
  await Promise.all([source.select(named('one'), system), source.select(named('two'), system)])
  expect(source.current()?.source.display).toBe('two')
  await source.close()
  expect(log.slice(-2)).toEqual(['closed one', 'closed two'])
})

it('waits for the changes that are at work, begins none meanwhile, and is not exchanged under one that lasts', async () => {
  const { log, source } = bench()
  await source.select(named('one'), system)
  const lasting = Promise.withResolvers<void>()
  const first = source.during(() => lasting.promise)
  await expect(source.select(named('two'), system)).rejects.toMatchObject({ code: 'source_busy' })
  expect(source.current()?.source.display).toBe('one')
  expect(log).toContain('closed two')
  const second = source.select(named('three'), system)
  await vi.waitFor(() => expect(log).toContain('opened three'))
  await expect(source.during(async () => undefined)).rejects.toMatchObject({ code: 'source_changed' })
  lasting.resolve()
  await Promise.all([first, second])
  expect(source.current()?.source.display).toBe('three')
})

it('of the start counts only while nobody has chosen another', async () => {
  const { log, source } = bench()
  await source.select(named('chosen'), system)
  await source.begin(named('first'), system)
  expect(source.current()?.source.display).toBe('chosen')
  expect(log).not.toContain('opened first')
})

it('has an id that is its own', async () => {
  const { source } = bench()
  expect(source.id()).toBe('')
  await source.select(named('one'), system)
  const one = source.id()
  await source.select(named('two'), system)
  expect(source.id()).not.toBe(one)
  await source.select(named('one'), system)
  expect(source.id()).toBe(one)
})
