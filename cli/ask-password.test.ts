import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { askPassword } from './ask-password.ts'

function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const output = new PassThrough()
  return { input, output, shown: () => String(output.read() ?? '') }
}

it('takes a line and shows nothing of it', async () => {
  const { input, output, shown } = terminal()
  const asked = askPassword('Password: ', { input, output })
  input.write('a b@c:d\r')
  expect(await asked).toBe('a b@c:d')
  expect(shown()).toBe('Password: \n')
})

it('refuses where nobody can be asked, and when nobody answers', async () => {
  const { input, output } = terminal()
  const deaf = { input: new PassThrough(), output }
  await expect(askPassword('Password: ', deaf)).rejects.toMatchObject({ code: 'usage' })
  const asked = askPassword('Password: ', { input, output })
  input.end()
  await expect(asked).rejects.toMatchObject({ code: 'usage' })
})
