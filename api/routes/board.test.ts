import { brotliDecompressSync } from 'node:zlib'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { beadsOf, type BoardTable } from '../../model/board-table.ts'
import { boardTable } from '../../model/schema/board-table.ts'
import { testApi, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi()
})
afterEach(() => api.app.close())

it('tells of every bead as the list does, also after a change', async () => {
  const told = async () => (await api.call({ url: '/api/v1/board' })).json<BoardTable & { event: string }>()
  expect(beadsOf(await told())).toEqual([])
  api.work.put('gm-1', { title: 'One "quoted"', labels: ['x', 'y'], assignee: 'Ada', blockedBy: ['gm-2', 'gone'] })
  api.work.put('gm-2', { status: 'closed', parent: 'gm-1' })
  await api.board.refresh()
  const table = await told()
  expect([...Compile(boardTable).Errors(table)]).toEqual([])
  const withoutFractions = (text: string) => text.replaceAll(/\.\d{3}Z/g, 'Z')
  expect(JSON.stringify(beadsOf(table))).toBe(withoutFractions(JSON.stringify(api.board.all())))
  api.work.put('gm-1', { title: 'Other' })
  await api.board.refresh()
  expect(beadsOf(await told())[0]?.title).toBe('Other')
})

it('is sent compressed to those who take that, as it is now', async () => {
  const asked = (accepted: string) => api.call({ url: '/api/v1/board', headers: { 'accept-encoding': accepted } })
  const read = async () => {
    const answer = await asked('gzip, br')
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' })
    return JSON.parse(brotliDecompressSync(answer.rawPayload).toString()) as BoardTable
  }
  api.work.put('gm-1', { title: 'One' })
  await api.board.refresh()
  expect((await read()).title).toEqual(['One'])
  expect(await read()).toEqual((await asked('br;q=0')).json())
  api.work.put('gm-1', { title: 'Other' })
  await api.board.refresh()
  expect((await read()).title).toEqual(['Other'])
})
