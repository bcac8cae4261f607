import { describe, expect, it } from 'vitest'
import { requireRemote } from './remote-address.ts'

const check = (url: string, name = 'origin') => requireRemote({ name, url })

describe('the address of a remote', () => {
  it.each([
    'owner/database',
    'https://doltremoteapi.dolthub.com/owner/database',
    'http://127.0.0.1:1/a',
    'file:///srv/a@b',
    'ssh://git@host/a',
    'git+ssh://git@host:2222/a.git',
    'git+https://host/a.git',
    'aws://[table:bucket]/database',
    'gs://bucket/database',
  ])('may be %s', (url) => expect(() => check(url)).not.toThrow())

  it.each([
    'https://ghp_0123456789abcdef@host/a',
    'https://me@host/a',
    'https://me:secret@host/a',
    'https://:secret@host/a',
    'https://me:se/cr@et@host/a',
    'HTTPS://ghp_0123456789abcdef@host/a',
    'git+https://ghp_0123456789abcdef@host/a',
    'ssh://git:secret@host/a',
    'ssh://ghp_0123456789abcdef@host/a',
    'ssh://git%3Asecret@host/a',
    'git+ssh://0123456789abcdef0123456789abcdef01@host/a',
    'oci://token@host/a',
    'https://host/a?token=secret',
    'https://host/a#secret',
  ])('is refused without a word of it when a secret may be in it: %s', (url) => {
    const said = messageOf(() => check(url))
    expect(said).toMatch(/password or token|secret may hide/)
    expect(said).not.toMatch(/ghp_|me:|:sec|0123|host/)
  })

  it.each(['--help', 'nothing', 'gopher://h/a', 'https://h/a b', 'https://', `https://h/${'a'.repeat(2_000)}`])(
    'is refused when it is none: %s',
    (url) => expect(() => check(url)).toThrow('can not be used'),
  )

  it('has a name that Dolt takes, and that is not the one of a trial', () => {
    for (const name of ['', '-x', 'a b', 'a.b', 'gemba-trial']) expect(() => check('o/d', name)).toThrow('name')
  })
})

function messageOf(act: () => void): string {
  try {
    act()
  } catch (error) {
    return String(error)
  }
  return 'nothing was refused'
}
