import { expect, it } from 'vitest'
import { ProblemError, problemOf, toProblem } from './problem.ts'

it('keeps the server’s own words', async () => {
  const body = {
    code: 'already_decided',
    title: 'x',
    detail: 'This was already decided.',
    mend: 'Nothing to do.',
    params: { by: 'jon' },
  }
  expect(await problemOf(new Response(JSON.stringify(body), { status: 409 }))).toEqual({
    code: 'already_decided',
    detail: body.detail,
    mend: body.mend,
    status: 409,
    params: { by: 'jon' },
  })
})

it('makes something to show of anything', async () => {
  expect(await problemOf(new Response('<h1>Bad gateway</h1>', { status: 502 }))).toMatchObject({
    code: 'internal',
    status: 502,
  })
  expect(toProblem(new TypeError('fetch failed')).code).toBe('server_unreachable')
  expect(toProblem(new ProblemError({ code: 'x', detail: 'd', mend: 'm', status: 400, params: {} })).code).toBe('x')
  expect(toProblem('odd').detail).not.toBe('')
})
