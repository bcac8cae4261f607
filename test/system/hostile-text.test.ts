import type { RowDataPacket } from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import { afterAllThat, BadInputBench, limit, steps, work } from './bad-input-bench.ts'
import { gitIn } from './running-gemba.ts'

/** Texts that would like to be more than texts, on their whole way through a real `gemba serve`. */
const bench = BadInputBench.forThisFile()

const hostile = [
  '$(touch canary) `touch canary`',
  '#(touch canary) #{pane_id} #[fg=red]',
  '\'; touch canary; echo "',
  '--help',
  '-rf /',
  '\x1b]0;owned\x07\x1b[31mred\x1b[2J',
  'one\rtwo\nthree',
  '😀 four bytes 𝒳',
  '\u202eright to left\u202c \u200b',
  '../../canary',
  '%s %n {answer} ${HOME}',
  'x'.repeat(500),
]

describe('a hostile title and description', () => {
  it(
    'go the whole way to done as they are, and nothing in them is carried out',
    async () => {
      const beads = await Promise.all(
        hostile.map(async (title, index) => {
          const file = `hostile-${index}.txt`
          const text = steps(
            `say ${title.split(/[\r\n]/)[0]}`,
            `write ${file}`,
            '  x',
            `commit ${title.split(/[\r\n]/)[0]}`,
            'done',
          )
          const id = await bench.create(title, `${title}\n${text}`)
          return { id, title, text: `${title}\n${text}`, file }
        }),
      )
      await bench.api.change('POST', '/dispatch', { items: beads.map(({ id }) => ({ bead: id })) })
      for (const { id, title, text, file } of beads) {
        await bench.closed(id)
        expect(await gitIn(bench.folder, 'show', `main:${file}`)).toBe('x\n')
        const [rows] = await bench.outsider.query<RowDataPacket[]>(
          'SELECT HEX(title) AS title, HEX(description) AS description FROM issues WHERE id = ?',
          [id],
        )
        expect(rows[0]).toEqual({ title: hex(title), description: hex(text) })
        expect(await bench.api.bead(id)).toMatchObject({ title, description: text })
        const [message = ''] = (
          await gitIn(bench.folder, 'log', '-1', '--merges', '--format=%B%x00', `--grep=^Bead: ${id}$`, 'main')
        ).split('\0')
        expect(message).not.toMatch(/[\p{Cf}]|(?!\n)\p{Cc}/u)
        const [subject = '', empty, trailer] = message.split('\n')
        expect([empty, trailer]).toEqual(['', `Bead: ${id}`])
        expect(subject.length).toBeGreaterThan(0)
        expect([...subject].length).toBeLessThanOrEqual(100)
      }
      for (const { id } of beads) {
        const views = (await bench.api.sessions()).filter((view) => view.bead === id)
        expect(views.map((view) => view.branch)).toEqual([`bead/${id}`])
        await bench.ended(views[0]?.id ?? '')
      }
      await bench.expectNoCanary()
    },
    limit,
  )

  it(
    'of the longest kind are worked too',
    async () => {
      const text = `${work('longest.txt')}${'é'.repeat(30_000)}`
      const bead = await bench.create('The longest', text, { design: '😀'.repeat(16_000), notes: 'n'.repeat(65_000) })
      const session = await bench.api.start(bead)
      await bench.closed(bead)
      expect(await bench.ended(session)).toMatchObject({ closeReason: 'bead_done' })
      expect((await bench.api.bead(bead)).description).toBe(text)
    },
    limit,
  )
})

function hex(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase()
}

afterAllThat(bench)
