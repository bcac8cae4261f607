/** The status beside the board in Chromium, against a double of the API: what can be mended from there. */
import { describe, expect, it } from 'vitest'
import { profileOf, type ModeStatus, type RemoteState } from '../model/mode.ts'
import { ConsoleBench, see } from './testing/console-bench.ts'
import { modeStatus } from './testing/sample-details.ts'

const bench = new ConsoleBench()
const panel = () => bench.page.locator('[data-project-panel]')
const button = (name: string) => panel().getByRole('button', { name, exact: true })
const none: RemoteState = { configured: false, name: '', display: '', reachable: 'unknown', why: 'no remote is set up' }
const wrong: RemoteState = {
  configured: true,
  name: 'backup',
  display: 'https://dolts.example/lantern',
  reachable: 'no',
  why: 'dolts.example: ENOTFOUND',
}

async function open(remote: RemoteState, readOnly = false): Promise<void> {
  bench.api.offer(profileOf('beads_only', readOnly))
  bench.api.putStatus({ remote })
  await bench.signIn('/board?panel=status')
  await see(button('Look again')).toBeVisible()
}

describe('a remote', () => {
  it('is set up where there is none', async () => {
    await open(none)
    await button('Set up a remote').click()
    await panel().getByLabel('Address', { exact: true }).fill('file:///backup/lantern')
    await button('Set up').click()
    await see(panel()).toContainText('origin file:///backup/lantern')
    expect(bench.api.bodies).toEqual([{ name: 'origin', url: 'file:///backup/lantern' }])
    await see(button('Set up a remote')).toHaveCount(0)
    await see(button('Change the remote')).toBeFocused()
  })

  it('that is wrong gets another address, and keeps its own when that is refused', async () => {
    await open(wrong)
    await see(panel()).toContainText('not reachable')
    await button('Change the remote').click()
    const address = panel().getByLabel('Address of backup', { exact: true })
    await see(address).toHaveValue('https://dolts.example/lantern')
    await see(address).toBeFocused()
    const detail = 'The remote can not be set: unknown scheme.'
    bench.api.fail('POST /status/remote', 422, { code: 'remote_invalid', detail, mend: 'Correct the address.' })
    await address.fill('dolts://example')
    await button('Change').click()
    await see(panel().getByRole('alert')).toContainText('The remote stays as it was')
    await see(panel()).toContainText('backup https://dolts.example/lantern')
    await address.fill('https://dolt.example/lantern')
    await button('Change').click()
    await see(panel()).toContainText('backup https://dolt.example/lantern')
    await see(panel()).toContainText('reachable')
    expect(bench.api.bodies.at(-1)).toEqual({ name: 'backup', url: 'https://dolt.example/lantern' })
    await see(button('Change the remote')).toBeFocused()
  })

  it('is only told where nothing may be written', async () => {
    await open(wrong, true)
    await see(panel()).toContainText('not reachable')
    await see(panel().getByRole('button', { name: /remote/ })).toHaveCount(0)
  })
})

describe('what the source allows, and when it was read last,', () => {
  const writable = modeStatus(profileOf('beads_only', false))
  const access = () => panel().locator('.line', { hasText: 'Access' })

  it('is true while one looks, and what it no longer allows is not offered', async () => {
    bench.api.offer(profileOf('beads_only', false))
    await bench.signIn('/board?panel=status')
    await see(access()).toContainText('read and write')
    const create = bench.page.getByRole('button', { name: 'New bead' })
    await see(create).toBeVisible()
    const reason = 'This Beads source is read-only: the login may only read.'
    const source = { ...writable.source, kind: 'url', display: 'dolt://example/lantern', readonly: true } as const
    const at = '2026-03-01T08:00:00.000Z'
    bench.api.putStatus({ source, privilege: 'read_only', read_only_reason: reason, last_sync: at })
    await see(access()).toContainText(reason)
    await see(panel().locator('time').last()).toHaveAttribute('datetime', at)
    await see(create).toHaveCount(0)
    bench.api.putStatus({})
    await see(access()).toContainText('read and write')
    await see(create).toBeVisible()
  })

  it('is read anew where the status is opened after a write was refused, and what was written stays to be kept', async () => {
    bench.api.offer(profileOf('beads_only', false))
    await bench.signIn('/board/lan-9')
    const bead = bench.page.getByRole('complementary', { name: 'Bead lan-9' })
    await bead.getByRole('button', { name: 'Edit description' }).click()
    await bead.getByRole('textbox', { name: 'Description' }).fill('Mine.')
    const detail = 'This Beads source is read-only: UPDATE command denied.'
    bench.api.fail('PATCH /beads/lan-9', 403, { code: 'read_only', detail, mend: 'Use a login that may write.' })
    bench.api.putStatus({ privilege: 'read_only', read_only_reason: detail })
    await bead.getByRole('button', { name: 'Save' }).click()
    await see(bead.getByRole('alert')).toContainText(detail)
    await see(bead.getByRole('textbox', { name: 'Description' })).toHaveValue('Mine.')
    await bead.getByRole('textbox', { name: 'Description' }).press('Escape')
    await bench.page
      .getByRole('link', { name: /^Beads-only/ })
      .or(bench.page.getByRole('button', { name: /^Beads-only/ }))
      .first()
      .click()
    await see(access()).toContainText(detail)
  })
})

describe('the source', () => {
  const help = () => bench.page.getByRole('dialog', { name: 'Keyboard' })

  it('is told in the help of Beads-only mode, which leads to the choice of another', async () => {
    bench.api.offer(profileOf('beads_only', false))
    await bench.signIn('/board?layout=flat')
    await see(bench.page.locator('[data-row]').first()).toBeVisible()
    await bench.page.keyboard.press('?')
    await see(help()).toContainText('dolt://example/lantern')
    await help().getByRole('button', { name: 'Choose another source' }).click()
    await see(help()).toHaveCount(0)
    await see(panel().getByText('Where the beads are')).toBeVisible()
    await see(panel().getByRole('heading', { name: 'Beads', exact: true })).toBeFocused()
  })

  it('is exchanged from the help of full mode by leaving it', async () => {
    await bench.signIn('/inbox')
    await bench.page.keyboard.press('?')
    await help().getByRole('button', { name: 'Beads-only mode…' }).click()
    await see(panel().getByRole('button', { name: 'Go over to Beads-only mode' })).toBeVisible()
  })

  it('has no place in the help where it can not be chosen yet', async () => {
    bench.api.offer(profileOf('beads_only', false))
    bench.api.putStatus({ source: null })
    await bench.page.goto(`${bench.api.url}/board#token=${bench.api.token}`)
    await see(bench.page.getByText('Choose a Beads database')).toBeVisible()
    await bench.page.keyboard.press('?')
    await see(help()).toBeVisible()
    await see(help().getByText('Beads source')).toHaveCount(0)
  })
})

describe('the choice of a source', () => {
  const choice = (name: string) => panel().getByRole('radio', { name: new RegExp(`^${name}`) })
  const folder = () => panel().getByLabel('Folder on the machine of the server')
  const makes = () => panel().getByLabel('Make a database where there is none')
  const sent = () => bench.api.changes.filter((change) => change === 'POST /status/source')

  async function choose(name: string, { status = {}, readOnly = false }: Choice = {}): Promise<void> {
    bench.api.offer(profileOf('beads_only', readOnly))
    bench.api.putStatus(status)
    await bench.signIn('/board?panel=source')
    await choice(name).check()
  }

  it('sends an address with the password of its own field, which is kept no longer', async () => {
    await choose('Address')
    await panel().getByLabel('Address of the database').fill(' dolt://127.0.0.1:3307/plan ')
    await panel().getByLabel('Password, if there is one').fill('p@ss/1')
    await button('Open').click()
    await see(button('Look again')).toBeVisible()
    expect(bench.api.bodies).toEqual([{ kind: 'url', url: 'dolt://root:p%40ss%2F1@127.0.0.1:3307/plan' }])
    await panel().getByRole('tab', { name: 'Source' }).click()
    await see(panel().getByLabel('Password, if there is one')).toHaveValue('')
  })

  it('sends a worktree, in which a database is made with a prefix unless that is not wanted', async () => {
    await choose('Worktree')
    await see(makes()).toBeChecked()
    await folder().fill('/work/plan')
    await button('Open').click()
    await see(button('Look again')).toBeVisible()
    await see(panel().getByText('/work/plan')).toBeVisible()
    await panel().getByRole('tab', { name: 'Source' }).click()
    await see(choice('Worktree')).toBeChecked()
    await folder().fill('/work/plan')
    await panel().getByLabel('Prefix of new ids').fill('pl')
    await button('Open').click()
    await see(button('Look again')).toBeVisible()
    await panel().getByRole('tab', { name: 'Source' }).click()
    await folder().fill('/work/plan')
    await makes().uncheck()
    await see(panel().getByLabel('Prefix of new ids')).toHaveCount(0)
    await button('Open').click()
    await see(button('Look again')).toBeVisible()
    const worktree = { kind: 'worktree', folder: '/work/plan' }
    expect(bench.api.bodies).toEqual([
      { ...worktree, initialise: true },
      { ...worktree, initialise: true, prefix: 'pl' },
      worktree,
    ])
  })

  it('sends a Beads directory, says why it is refused, and what was open stays open', async () => {
    await choose('Beads directory')
    await see(makes()).toHaveCount(0)
    const [detail, mend] = ['There is no Beads database in /work/none.', 'Name a folder that has one.']
    bench.api.fail('POST /status/source', 404, { code: 'beads_missing', detail, mend })
    await folder().fill('/work/none')
    await button('Open').click()
    const alert = panel().getByRole('alert')
    for (const words of ['It was not opened', detail, mend, 'beads_missing', 'What was open stays open.']) {
      await see(alert).toContainText(words)
    }
    await see(folder()).toHaveValue('/work/none')
    await folder().fill('/work/plan/.beads')
    await button('Open').click()
    await see(panel().getByText('/work/plan/.beads')).toBeVisible()
    expect(bench.api.bodies).toEqual(
      ['/work/none', '/work/plan/.beads'].map((at) => ({ kind: 'beads_dir', folder: at })),
    )
  })

  it('says what needs a bd where the server finds none, and how to have it, and makes no database', async () => {
    await choose('Worktree', { status: { bd_found: false } })
    await see(panel()).toContainText('The server finds no bd.')
    await see(panel()).toContainText('Put bd 1.0.4 on the PATH of the server')
    await see(makes()).toHaveCount(0)
    await choice('Address').check()
    await see(panel()).not.toContainText('The server finds no bd.')
    await choice('Beads directory').check()
    await see(panel()).toContainText('The server finds no bd.')
    expect(sent()).toEqual([])
    await choice('Worktree').check()
    await folder().fill('/work/served')
    await button('Open').click()
    await see(button('Look again')).toBeVisible()
    expect(bench.api.bodies).toEqual([{ kind: 'worktree', folder: '/work/served' }])
  })

  it('makes no database where Gemba only reads', async () => {
    await choose('Worktree', { readOnly: true })
    await see(folder()).toBeVisible()
    await see(makes()).toHaveCount(0)
    await see(panel()).not.toContainText('or made')
  })
})

interface Choice {
  readonly status?: Partial<ModeStatus>
  readonly readOnly?: boolean
}
