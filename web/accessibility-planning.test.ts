/** The planning half and every state of it: no finding of axe, nothing sticks out, everything can be hit by a finger. */
import type { Page } from '@playwright/test'
import { GembaError, troubleOf } from '../model/error.ts'
import { profileOf, type ModeStatus, type RemoteState } from '../model/mode.ts'
import type { ApiDouble } from './testing/api-double.ts'
import { ConsoleBench, see } from './testing/console-bench.ts'
import { itLooksOver, type View } from './testing/look-over.ts'

const bench = new ConsoleBench()

async function beadsOnly(page: Page, api: ApiDouble): Promise<void> {
  api.offer(profileOf('beads_only', false))
  await page.reload()
}

async function readOnly(page: Page, api: ApiDouble): Promise<void> {
  api.offer(profileOf('beads_only', true))
  await page.reload()
}

const noRemote: RemoteState = { configured: false, name: '', display: '', reachable: 'unknown', why: '' }
const lostRemote: RemoteState = {
  configured: true,
  name: 'origin',
  display: 'https://dolts.example/lantern',
  reachable: 'no',
  why: 'The host is not known.',
}
const away = {
  ...troubleOf(new GembaError('work_plane_unavailable', { why: 'connection refused' })),
  healthy: false,
  since: new Date(0).toISOString(),
}
const failed = { path: '/data/session-manifest.jsonl', status: 'failed', why: 'The disk is full.', lost: 2 } as const

/** Beads-only mode in which the status says this besides. */
const told = (status: Partial<ModeStatus>) => async (page: Page, api: ApiDouble) => {
  api.putStatus(status)
  await beadsOnly(page, api)
}

async function remoteSetUp(page: Page, api: ApiDouble): Promise<void> {
  await told({ remote: noRemote })(page, api)
  await page.getByRole('button', { name: 'Set up a remote' }).click()
}

async function remoteRefused(page: Page, api: ApiDouble): Promise<void> {
  await remoteSetUp(page, api)
  const detail = 'Dolt does not take the address dolts://example: unknown scheme.'
  api.fail('POST /status/remote', 422, { code: 'remote_invalid', detail, mend: 'Correct the address.' })
  await page.getByLabel('Address', { exact: true }).fill('dolts://example')
  await page.getByRole('button', { name: 'Set up', exact: true }).click()
}

async function worktreeChosen(page: Page, api: ApiDouble): Promise<void> {
  await beadsOnly(page, api)
  await page.getByRole('radio', { name: 'Worktree' }).check()
}

async function sourceRefused(page: Page, api: ApiDouble): Promise<void> {
  await beadsOnly(page, api)
  const detail = 'The Beads database does not answer: access denied.'
  api.fail('POST /status/source', 503, { code: 'work_plane_unavailable', detail, mend: 'Give the right password.' })
  await page.getByLabel('Address of the database').fill('mysql://root@127.0.0.1:3307/beads')
  await page.getByRole('button', { name: 'Open', exact: true }).click()
}

async function withoutSource(page: Page, api: ApiDouble): Promise<void> {
  api.putStatus({ source: null })
  await beadsOnly(page, api)
}

/** Puts the focus on a bead's title, and presses keys there. */
const press =
  (bead: string, ...keys: string[]) =>
  async (page: Page): Promise<void> => {
    await page.locator(`[data-row="${bead}"] [data-card]`).focus()
    for (const key of keys) await page.keyboard.press(key)
  }

async function allPicked(page: Page): Promise<void> {
  await page.locator('[data-card]').first().focus()
  await page.keyboard.press('Control+a')
}

/** Opens something of the bar of the selected. */
const bulk = (button: string) => async (page: Page) => {
  await allPicked(page)
  await page.locator('[data-bulk]').getByRole('button', { name: button }).click()
}

async function asList(page: Page): Promise<void> {
  await see(page.locator('[data-graph]')).toBeVisible()
  await page.keyboard.press('v')
  await page.keyboard.press('l')
}

async function cleared(page: Page, api: ApiDouble): Promise<void> {
  api.replace([{ ...api.bead('lan-9'), parent: 'lan-2', hasAcceptance: true }])
  await page.reload()
}

async function clashed(page: Page, api: ApiDouble): Promise<void> {
  await press('lan-9', 'e')(page)
  const form = page.getByRole('form', { name: 'Edit lan-9' })
  await form.getByLabel('Title').fill('Mine')
  api.put([{ ...api.bead('lan-9'), title: 'Theirs', revision: 7 }])
  await form.getByRole('button', { name: 'Save' }).click()
}

itLooksOver(bench, {
  'a flat board': { path: '/board?layout=flat', shows: 'Opening hours jump' },
  'a cascade': { path: '/board?layout=cascade', shows: 'Opening hours jump' },
  'a graph around a bead': { path: '/board?layout=graph&around=lan-8', shows: 'Reminder one day' },
  'a graph as a list': { path: '/board?layout=graph&around=lan-8', shows: 'Reminder one day', get: asList },
  'a graph of the whole project': { path: '/board?layout=graph', shows: 'Reminder one day' },
  'lanes of which all is selected': { path: '/board?layout=kanban', shows: /\d+ selected/, get: allPicked },
  'rows of which all is selected': { path: '/board?layout=flat', shows: /\d+ selected/, get: allPicked },
  'a tree of which all is selected': { path: '/board?layout=cascade', shows: /\d+ selected/, get: allPicked },
  'many selected': { path: '/board?layout=flat', shows: 'Change all', get: bulk('Edit…') },
  'labels of many': { path: '/board?layout=cascade', shows: 'Add to all', get: bulk('Labels…') },
  'a deferral of many': { path: '/board?layout=flat', shows: 'Defer without a day', get: bulk('Defer…') },
  'a deletion of many': { path: '/board?layout=flat', shows: 'This can not be undone', get: bulk('Delete…') },
  'saved views': {
    path: '/board?layout=flat&type=bug',
    shows: 'Save',
    get: async (page) => {
      await page.keyboard.press('v')
      await page.keyboard.press('s')
    },
  },
  'the backlog': { path: '/backlog', shows: 'no acceptance' },
  'a row that is edited': { path: '/backlog', shows: 'Acceptance', get: press('lan-9', 'e') },
  'a row whose edit met another': { path: '/backlog', shows: 'This bead was changed meanwhile', get: clashed },
  'a change that can be undone': { path: '/backlog', shows: 'Undo', get: press('lan-9', '-') },
  'the menu of a row': { path: '/backlog', shows: 'Open again', get: press('lan-14', 'm') },
  'a selection in the backlog': { path: '/backlog', shows: '2 selected', get: press('lan-9', 'x', 'Shift+ArrowDown') },
  'a clear backlog': { path: '/backlog', shows: 'The backlog is clear', get: cleared },
  'a backlog to read': { path: '/backlog', shows: 'no acceptance', get: readOnly },
  'a bead beside the backlog': { path: '/backlog/lan-9', shows: 'Not markup' },
  'the status': { path: '/board?panel=status', shows: 'Look again', get: beadsOnly },
  'the status of a read-only source': { path: '/board?panel=status', shows: 'read-only', get: readOnly },
  'a source that is away': { path: '/board?panel=status', shows: 'connection refused', get: told({ health: away }) },
  'a manifest that fails': {
    path: '/board?panel=status',
    shows: 'can not be written',
    get: told({ manifest: failed }),
  },
  'a remote to set up': { path: '/board?panel=status', shows: 'Address', get: remoteSetUp },
  'a remote that was refused': { path: '/board?panel=status', shows: 'The remote was not set up', get: remoteRefused },
  'a remote out of reach': {
    path: '/board?panel=status',
    shows: 'not reachable',
    get: told({ remote: lostRemote }),
  },
  'a remote to change': {
    path: '/board?panel=status',
    shows: 'Address of origin',
    get: async (page, api) => {
      await told({ remote: lostRemote })(page, api)
      await page.getByRole('button', { name: 'Change the remote' }).click()
    },
  },
  'the status of full mode': { path: '/board?panel=status', shows: 'Beads-only mode…' },
  'the way to Beads-only mode': { path: '/board?panel=source', shows: 'Go over to Beads-only mode' },
  'the choice of a worktree': { path: '/board?panel=source', shows: 'Prefix of new ids', get: worktreeChosen },
  'a source that was refused': { path: '/board?panel=source', shows: 'It was not opened', get: sourceRefused },
  'the help of Beads-only mode': {
    path: '/board',
    shows: 'What works on this page',
    get: async (page, api) => {
      await beadsOnly(page, api)
      await see(page.locator('[data-row]').first()).toBeVisible()
      await page.keyboard.press('?')
    },
  },
  'the choice of a source': { path: '/board?panel=source', shows: 'Where the beads are', get: beadsOnly },
  'no source yet': { path: '/board', shows: 'Choose a Beads database', get: withoutSource },
  'what the mode has not': { path: '/sessions', shows: /unavailable in Beads-only mode/, get: beadsOnly },
  'an import in Beads-only mode': { path: '/exchange', shows: 'Choose a file', get: beadsOnly },
  ...tabsOf('an epic', 'lan-2'),
  ...tabsOf('a milestone', 'lan-1'),
  ...tabsOf('a decision', 'lan-11'),
  ...tabsOf('a task', 'lan-13'),
})

function tabsOf(what: string, bead: string): Record<string, View> {
  const tabs = ['dependencies', 'labels', 'comments', 'evidence', 'history']
  const view = (tab: string): View => ({ path: `/board/${bead}?tab=${tab}`, shows: bead, brief: true })
  return Object.fromEntries(tabs.map((tab) => [`the ${tab} of ${what}`, view(tab)]))
}
