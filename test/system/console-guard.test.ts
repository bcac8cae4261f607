/** What the console costs and whom it lets in, on a real `gemba serve`. */
import { expect as see, type Browser } from '@playwright/test'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket as ProgramSocket } from 'ws'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { eventually } from './api-client.ts'
import { launchBrowser, patience, Viewer } from './browser.ts'
import { pidsNaming, processTree } from './process-tree.ts'
import { createProject, RunningGemba, type TestProject } from './running-gemba.ts'

let project: TestProject
let gemba: RunningGemba
let browser: Browser
let viewer: Viewer
let bead: string
let session: string

beforeAll(async () => {
  project = await createProject()
  ;[gemba, browser] = await Promise.all([RunningGemba.start(project), launchBrowser()])
  await gemba.hostOnline()
  const description = ['```gemba-steps', 'ask Who are you? | nobody', 'done', '```'].join('\n')
  const made = await eventually('a bead is made', () => gemba.api.create({ title: 'Secret plans', description }))
  bead = made.id
  session = await gemba.api.start(bead)
  await eventually('its question is open', async () => (await gemba.api.escalations()).some((ask) => ask.bead === bead))
})

afterAll(async () => {
  await browser?.close()
  await gemba?.stop()
  await project?.release()
})

beforeEach(async () => {
  viewer = await Viewer.open(browser, gemba)
})
afterEach(() => viewer.close())

it.runIf(process.platform === 'linux')('a viewer costs nothing: an open console makes nobody fork', async () => {
  await viewer.go(`/sessions/${session}`)
  await see(viewer.page.locator('.xterm-rows')).toContainText('Who are you?', patience)
  const second = await Viewer.open(browser, gemba)
  await second.sees(bead, 'started')
  const tree = () => processTree([gemba.pid, ...pidsNaming(project.socket)])
  const before = await settled(tree)
  expect(before.size).toBeGreaterThan(5)
  const newcomers = new Set<number>()
  for (const end = Date.now() + 5_000; Date.now() < end; await pause(20)) {
    for (const pid of tree().keys()) if (!before.has(pid)) newcomers.add(pid)
  }
  expect([...newcomers]).toEqual([])
  expect(Object.fromEntries(tree())).toEqual(Object.fromEntries(before))
  await second.close()
})

/** Opening the page may still be at work: waits until nothing has changed for a second. */
async function settled(tree: () => Map<number, number>): Promise<Map<number, number>> {
  return eventually('the processes are at rest', async () => {
    const first = tree()
    await pause(1_000)
    const second = tree()
    return JSON.stringify([...first]) === JSON.stringify([...second]) && second
  })
}

/** A page of somebody else, on another port of this machine: browsers send it the same cookies. */
async function servePage(): Promise<{ url: string; server: Server; cookies: () => string }> {
  let cookies = ''
  const server = createServer((request, response) => {
    cookies = request.headers.cookie ?? cookies
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Elsewhere</title><body>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server, cookies: () => cookies }
}

it.each(['127.0.0.1', 'localhost'])('a page on another origin reads and changes nothing (%s)', async (host) => {
  const { url, server } = await servePage()
  const before = await state()
  const elsewhere = await viewer.page.context().newPage()
  await elsewhere.goto(url)
  const target = viewer.origin.replace('127.0.0.1', host)
  const cookies = await viewer.page.context().cookies(viewer.origin)
  expect(cookies.filter((cookie) => cookie.name.startsWith('gemba-session'))).toHaveLength(1)
  const got = await elsewhere.evaluate(tryEverything, { target, session, bead })
  expect(got).toEqual([])
  const alone = await viewer.page.evaluate(tryEverything, { target: viewer.origin, session, bead })
  expect(alone.filter((one) => !/: 40[13] /.test(one))).toEqual([])
  const own = await viewer.page.evaluate(tryEverything, { target: viewer.origin, session, bead, asConsole: true })
  expect(own).toEqual(expect.arrayContaining(['terminal', 'events', expect.stringContaining('Secret plans')]))
  await elsewhere.setContent(`<iframe src="${target}/board"></iframe>`)
  await elsewhere.waitForLoadState('networkidle')
  const framed = elsewhere.frames().find((frame) => frame !== elsewhere.mainFrame())
  expect(await framed?.evaluate(() => document.body.innerText).catch(() => '')).not.toContain('Gemba')
  for (const action of [`${target}/api/v1/dispatch`, `${target}/api/v1/sessions/${session}/end`]) {
    const form = await viewer.page.context().newPage()
    await form.goto(url)
    await form.setContent(`<form method="post" enctype="text/plain" action="${action}"><input name="a"></form>`)
    const answered = form.waitForResponse(action)
    await form.evaluate(() => document.forms[0]?.submit())
    expect((await answered).status()).toBe(403)
    await form.close()
  }
  expect(await state()).toEqual(before)
  server.close()
  await elsewhere.close()
})

it('a server on another port that was sent our cookie can do nothing with it', async () => {
  const { url, server, cookies } = await servePage()
  const elsewhere = await viewer.page.context().newPage()
  await elsewhere.goto(url)
  const cookie = cookies()
  expect(cookie).toContain('gemba-session')
  const before = await state()
  const forged = { cookie, origin: viewer.origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
  const ask = async (path: string, init: RequestInit = {}) =>
    (await fetch(viewer.origin + path, { ...init, headers: forged })).status
  for (const path of ['/beads', '/sessions', '/events', `/sessions/${session}/peek`]) {
    expect([path, await ask(`/api/v1${path}`)]).toEqual([path, 401])
  }
  for (const path of ['/nonces', '/tickets', '/logout', '/dispatch']) {
    expect([path, await ask(`/api/v1${path}`, { method: 'POST', body: '{}' })]).toEqual([path, 401])
  }
  expect(await ask('/temporal/api/v1/namespaces')).toBe(401)
  const socket = new ProgramSocket(`${viewer.origin.replace('http', 'ws')}/api/v1/sessions/${session}/terminal`, {
    headers: forged,
  })
  const refused = await new Promise((resolve) => {
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode))
    socket.once('open', () => resolve('open'))
    socket.on('error', () => undefined)
  })
  socket.terminate()
  expect(refused).toBe(401)
  expect(await state()).toEqual(before)
  server.close()
  await elsewhere.close()
})

it('signing out ends the streams of every window at once, and nothing of the sign-in is left', async () => {
  const second = await viewer.page.context().newPage()
  await second.goto(`${viewer.origin}/sessions/${session}`)
  await see(second.locator('.live-terminal header')).toContainText('live', patience)
  await viewer.page.getByRole('button', { name: 'Sign out' }).click()
  for (const page of [viewer.page, second]) {
    await see(page.getByRole('heading', { name: 'Open the printed address' })).toBeVisible(patience)
  }
  const cookies = await viewer.page.context().cookies(viewer.origin)
  expect(cookies.filter((cookie) => cookie.name.startsWith('gemba-session'))).toEqual([])
})

/** All that could be changed. */
async function state(): Promise<unknown> {
  const { api } = gemba
  return Promise.all([api.beads(), api.sessions(), api.escalations(), api.events()])
}

/** In the other page: every way a script has to reach Gemba. What it could read or open is returned. */
async function tryEverything(at: {
  target: string
  session: string
  bead: string
  asConsole?: boolean
}): Promise<string[]> {
  const got: string[] = []
  const { target, session, bead } = at
  const secret = at.asConsole === true ? (localStorage.getItem('gemba.browser') ?? '') : ''
  const shown: Record<string, string> = secret === '' ? {} : { 'x-gemba-browser': secret }
  const api = `${target}/api/v1`
  const sockets = `${target.replace('http', 'ws')}/api/v1`
  const read = async (path: string, init: RequestInit): Promise<void> => {
    const response = await fetch(api + path, {
      credentials: 'include',
      ...init,
      headers: { ...init.headers, ...shown },
    }).catch(() => null)
    if (response === null || response.type === 'opaque') return
    got.push(`${init.method ?? 'GET'} ${path}: ${response.status} ${(await response.text()).slice(0, 80)}`)
  }
  const body = JSON.stringify({ items: [{ bead }] })
  const plain = { 'content-type': 'text/plain' }
  const json = { 'content-type': 'application/json', 'x-gemba-confirm': 'guess' }
  await read('/beads', {})
  await read('/capabilities', { mode: 'no-cors' })
  await read(`/sessions/${session}/peek`, {})
  await read('/nonces', { method: 'POST', headers: plain, body: '{"method":"POST","path":"/api/v1/dispatch"}' })
  await read('/dispatch', { method: 'POST', mode: 'no-cors', headers: plain, body })
  await read('/dispatch', { method: 'POST', headers: json, body })
  await read(`/beads/${bead}`, { method: 'PATCH', headers: json, body: '{"title":"mine"}' })
  await read(`/sessions/${session}/input`, { method: 'POST', headers: plain, body: '{"text":"rm"}' })
  const opened = (name: string, thing: EventTarget & { close(): void }): Promise<void> =>
    new Promise((resolve) => {
      const end = (heard: boolean): void => {
        if (heard) got.push(name)
        thing.close()
        resolve()
      }
      for (const kind of ['open', 'message']) thing.addEventListener(kind, () => end(true))
      for (const kind of ['error', 'close']) thing.addEventListener(kind, () => end(false))
    })
  const ticketOf = async (path: string): Promise<string> => {
    const asked = { method: 'POST', headers: { 'content-type': 'application/json', ...shown } }
    const answer = await fetch(`${api}/tickets`, { ...asked, body: JSON.stringify({ path }) }).catch(() => null)
    if (answer?.ok !== true) return ''
    return `?ticket=${((await answer.json()) as { ticket: string }).ticket}`
  }
  const terminal = `/sessions/${session}/terminal`
  await opened('terminal', new WebSocket(sockets + terminal + (await ticketOf(`/api/v1${terminal}`))))
  const events = `${api}/events${await ticketOf('/api/v1/events')}`
  await opened('events', new EventSource(events, { withCredentials: true }))
  const script = document.createElement('script')
  script.src = `${api}/beads`
  await new Promise<void>((resolve) => {
    script.addEventListener('load', () => {
      got.push('script')
      resolve()
    })
    script.addEventListener('error', () => resolve())
    document.body.append(script)
  })
  return got
}
