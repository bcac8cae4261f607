import { expect, it } from 'vitest'
import { takeToken } from './use-sign-in.ts'

it('takes the token out of the address', () => {
  expect(takeToken('http://127.0.0.1:7666/board#token=abc%20d')).toEqual({
    token: 'abc d',
    address: 'http://127.0.0.1:7666/board',
  })
  expect(takeToken('http://127.0.0.1:7666/#token=abc&view=x')).toEqual({
    token: 'abc',
    address: 'http://127.0.0.1:7666/#view=x',
  })
  expect(takeToken('http://127.0.0.1:7666/#other').token).toBeNull()
})
