import { expect, test } from 'vitest'
import { withoutLogin, withoutLogins, withoutSecrets } from './url-secrets.ts'

test.each([
  ['postgres://me:hunter2@db/gemba', 'postgres://me:…@db/gemba'],
  ['postgres://me:hun@ter2@db:5432/gemba?sslmode=require', 'postgres://me:…@db:5432/gemba?sslmode=require'],
  ['postgres://me:hun:te/r2?x#y@db/gemba', 'postgres://…'],
  ['postgres://me:h%40nter2@[::1]:5432/gemba', 'postgres://me:…@[::1]:5432/gemba'],
  ['postgres://:hunter2@db/gemba', 'postgres://:…@db/gemba'],
  ['postgres://me%3Ahunter2@db/gemba', 'postgres://…@db/gemba'],
  ['postgres://me%3ahunter2%40db/gemba', 'postgres://…'],
  ['postgres://me:hunter2%40db/gemba', 'postgres://…'],
  ['postgres://me:hunter2/gemba', 'postgres://…'],
  ['postgres:///gemba?user=me&password=hunter2', 'postgres:///gemba?user=…&password=…'],
  ['postgres://db/gemba?password=hunter2&sslmode=require', 'postgres://db/gemba?password=…&sslmode=require'],
  ['postgres://db/gemba?hunter2', 'postgres://db/gemba?…'],
  ['postgres://db/gemba?options=-c%20password%3Dhunter2', 'postgres://db/gemba?options=…'],
  ['postgres://db/gemba?password=x@hunter2', 'postgres://…'],
  ['postgres://db/gemba;password=x@hunter2', 'postgres://…'],
  ['mysql://root@127.0.0.1:3306/beads', 'mysql://root@127.0.0.1:3306/beads'],
  ['mysql://127.0.0.1:3306/beads?tls=true', 'mysql://127.0.0.1:3306/beads?tls=true'],
  ['https://gemba.example', 'https://gemba.example'],
  ['me:hunter2@db', '…'],
  ['', '…'],
])('%s is shown as %s', (address, shown) => {
  expect(withoutSecrets(address)).toBe(shown)
})

test.each([
  ['https://ghp_0123456789@host/owner/db', 'https://…@host/owner/db'],
  ['https://me:hunter2@host/owner/db', 'https://…@host/owner/db'],
  ['https://:hunter2@host/db', 'https://…@host/db'],
  ['HTTP://ghp_0123456789@host/db', 'HTTP://…@host/db'],
  ['git+https://ghp_0123456789@host/db', 'git+https://…@host/db'],
  ['git+ssh://git@host/owner/db', 'git+ssh://git@host/owner/db'],
  ['ssh://git:hunter2@host/db', 'ssh://git:…@host/db'],
  ['https://host/db?token=hunter2', 'https://host/db?token=…'],
  ['https://host/db#@hunter2', 'https://…'],
  ['file:///srv/beads', 'file:///srv/beads'],
])('as the address of a remote, %s is shown as %s', (address, shown) => {
  expect(withoutLogin(address)).toBe(shown)
})

test('a text keeps all but the logins of the addresses in it', () => {
  const said = 'push to "https://ghp_012:x@h/a": denied; see mail@h, http://h/b and git+https://me:se/c@ret@h/c'
  const shown = 'push to "https://…@h/a": denied; see mail@h, http://h/b and git+https://…@h/c'
  expect(withoutLogins(said)).toBe(shown)
})
