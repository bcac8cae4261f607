/** What the console costs and whom it lets in, on a real `gemba serve`. */
import { expect as see, type Browser } from '@playwright/test'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
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
async function servePage(): Promise<{ url: string; server: Server }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Elsewhere</title><body>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
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
  const own = await viewer.page.evaluate(tryEverything, { target: viewer.origin, session, bead })
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

/** All that could be changed. */
async function state(): Promise<unknown> {
  const { api } = gemba
  return Promise.all([api.beads(), api.sessions(), api.escalations(), api.events()])
}

/** In the other page: every way a script has to reach Gemba. What it could read or open is returned. */
async function tryEverything(at: { target: string; session: string; bead: string }): Promise<string[]> {
  const got: string[] = []
  const { target, session, bead } = at
  const api = `${target}/api/v1`
  const sockets = `${target.replace('http', 'ws')}/api/v1`
  const read = async (path: string, init: RequestInit): Promise<void> => {
    const response = await fetch(api + path, { credentials: 'include', ...init }).catch(() => null)
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
  await opened('terminal', new WebSocket(`${sockets}/sessions/${session}/terminal`))
  await opened('events', new EventSource(`${api}/events`, { withCredentials: true }))
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
