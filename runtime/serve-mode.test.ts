import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GembaError } from '../model/error.ts'
import { loadServing } from './config.ts'
import { serveMode, type ModeFlags } from './serve-mode.ts'

const url = 'mysql://root@127.0.0.1:3307/gemba'

function folderWith(toml?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-mode-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  if (toml !== undefined) {
    mkdirSync(join(folder, '.gemba'))
    writeFileSync(join(folder, '.gemba', 'gemba.toml'), `[project]\nid = "p"\n${toml}`)
  }
  return folder
}

function modeOf(flags: ModeFlags, env: NodeJS.ProcessEnv = {}, folder = folderWith()) {
  return serveMode(loadServing(folder, env), flags, 'gemba serve')
}

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'none'
  } catch (error) {
    return error instanceof GembaError ? error.code : String(error)
  }
}

describe('the mode', () => {
  it('is full where nothing is said', () => {
    expect(modeOf({})).toMatchObject({ mode: 'full', readOnly: false, source: null })
  })

  it.each<[string, ModeFlags, NodeJS.ProcessEnv]>([
    ['--beads-only', { beadsOnly: true }, {}],
    ['GEMBA_MODE', {}, { GEMBA_MODE: 'beads_only' }],
    ['GEMBA_BEADS_ONLY', {}, { GEMBA_BEADS_ONLY: '1' }],
  ])('is Beads-only by %s', (_, flags, env) => {
    expect(modeOf(flags, env)).toMatchObject({ mode: 'beads_only', readOnly: false, source: null })
  })

  it.each<[string, ModeFlags, NodeJS.ProcessEnv]>([
    ['--beads-read-only', { beadsReadOnly: true }, {}],
    ['GEMBA_BEADS_READ_ONLY', {}, { GEMBA_BEADS_READ_ONLY: 'true' }],
  ])('is Beads-only and read-only by %s alone', (_, flags, env) => {
    expect(modeOf(flags, env)).toMatchObject({ mode: 'beads_only', readOnly: true })
  })

  it('is what the environment says, whatever the file says', () => {
    const file = folderWith('[server]\nbeads_only = true\n')
    expect(modeOf({}, {}, file).mode).toBe('beads_only')
    expect(modeOf({}, { GEMBA_MODE: 'full' }, file).mode).toBe('full')
  })

  it('refuses a variable that is neither true nor false', () => {
    expect(codeOf(() => modeOf({}, { GEMBA_BEADS_ONLY: 'perhaps' }))).toBe('config_invalid')
  })

  it.each<ModeFlags>([
    { beadsUrl: url },
    { beadsDir: '.' },
    { worktree: '.' },
    { beadsHistory: 'x' },
    { restart: true },
  ])('does not take %j without Beads-only mode', (flags) => {
    expect(codeOf(() => modeOf(flags))).toBe('usage')
  })
})

describe('the source', () => {
  it('is that of a flag, before the environment, before the file', () => {
    const folder = folderWith('[beads]\nurl = "mysql://file/x"\n')
    const env = { GEMBA_BEADS_URL: 'mysql://variable/x' }
    const asked = (flags: ModeFlags, environment: NodeJS.ProcessEnv) =>
      modeOf({ beadsOnly: true, ...flags }, environment, folder).source
    expect(asked({ beadsUrl: url }, env)).toEqual({ kind: 'url', url })
    expect(asked({}, env)).toEqual({ kind: 'url', url: 'mysql://variable/x' })
    expect(asked({}, {})).toEqual({ kind: 'url', url: 'mysql://file/x' })
    expect(asked({}, { GEMBA_BEADS_DIR: '/work' })).toEqual({ kind: 'beads_dir', folder: '/work' })
  })

  it('is a folder by its whole path; only a worktree is given a database', () => {
    expect(modeOf({ beadsOnly: true, beadsDir: '/w/.beads' }).source).toEqual({
      kind: 'beads_dir',
      folder: '/w/.beads',
    })
    expect(modeOf({ beadsOnly: true, worktree: '/w' }).source).toEqual({
      kind: 'worktree',
      folder: '/w',
      initialise: true,
    })
  })

  it('is exactly one', () => {
    expect(codeOf(() => modeOf({ beadsOnly: true, beadsUrl: url, worktree: '.' }))).toBe('usage')
    const both = { GEMBA_BEADS_URL: url, GEMBA_BEADS_DIR: '/work' }
    expect(codeOf(() => modeOf({ beadsOnly: true }, both))).toBe('config_invalid')
    expect(modeOf({ beadsOnly: true, beadsDir: '/x' }, both).source).toEqual({ kind: 'beads_dir', folder: '/x' })
  })

  it('is the town where no other is named', () => {
    expect(modeOf({ beadsOnly: true }, { GEMBA_TOWN: '/town' }).source).toEqual({ kind: 'beads_dir', folder: '/town' })
    expect(modeOf({ beadsOnly: true }, { GEMBA_CITY: '/city' }).source).toEqual({ kind: 'beads_dir', folder: '/city' })
    expect(modeOf({ beadsOnly: true }, { GEMBA_TOWN: '/town', GEMBA_BEADS_URL: url }).source).toEqual({
      kind: 'url',
      url,
    })
  })

  it('takes the password of a file where its address has none', () => {
    const folder = folderWith()
    writeFileSync(join(folder, 'password'), 'a@b:c/d\n')
    const env = { GEMBA_BEADS_PASSWORD_FILE: 'password' }
    const asked = (address: string) => modeOf({ beadsOnly: true, beadsUrl: address }, env, folder).source
    expect(asked('dolt://reader@db:3307/gemba')).toEqual({
      kind: 'url',
      url: 'dolt://reader:a%40b%3Ac%2Fd@db:3307/gemba',
    })
    expect(asked('mysql://me:own@db/gemba')).toEqual({ kind: 'url', url: 'mysql://me:own@db/gemba' })
  })

  it('of a flag is not given the password of a project, nor may a project name files outside of itself', () => {
    const folder = folderWith('[beads]\nurl = "mysql://file/x"\npassword_file = "password"\n')
    writeFileSync(join(folder, 'password'), 'secret\n')
    const asked = (flags: ModeFlags) => modeOf({ beadsOnly: true, ...flags }, {}, folder).source
    expect(asked({})).toEqual({ kind: 'url', url: 'mysql://root:secret@file/x' })
    expect(asked({ beadsUrl: url })).toEqual({ kind: 'url', url })
    const outside = folderWith('[beads]\nurl = "mysql://file/x"\npassword_file = "/etc/hostname"\n')
    expect(codeOf(() => modeOf({ beadsOnly: true }, {}, outside))).toBe('config_invalid')
    const manifest = folderWith('[beads]\nmanifest = "../elsewhere.jsonl"\n')
    expect(codeOf(() => modeOf({ beadsOnly: true }, {}, manifest))).toBe('config_invalid')
  })

  it.each(['postgres://x/y', 'mysql://', 'not an address', 'mysql://h/x?tls=maybe', 'mysql://h/x?other=1'])(
    'is no address: %s',
    (address) => {
      expect(codeOf(() => modeOf({ beadsOnly: true, beadsUrl: address }))).toBe('source_invalid')
    },
  )

  it('has its manifest in the folder, or where it is named', () => {
    const folder = folderWith()
    const manifest = (flags: ModeFlags, env: NodeJS.ProcessEnv = {}) =>
      modeOf({ beadsOnly: true, ...flags }, env, folder).manifest
    expect(manifest({})).toBe(join(folder, '.gemba', 'session-manifest.jsonl'))
    expect(manifest({}, { GEMBA_BEADS_ONLY_MANIFEST: '/data/m.jsonl' })).toBe('/data/m.jsonl')
    expect(manifest({ beadsHistory: '/x.jsonl' }, { GEMBA_BEADS_ONLY_MANIFEST: '/data/m.jsonl' })).toBe('/x.jsonl')
  })

  it('has its password asked for only where it is an address', () => {
    expect(modeOf({ beadsOnly: true, beadsUrl: url, askPassword: true }).asksPassword).toBe(true)
    expect(codeOf(() => modeOf({ beadsOnly: true, beadsDir: '/w', askPassword: true }))).toBe('usage')
    expect(codeOf(() => modeOf({ askPassword: true }))).toBe('usage')
  })

  it('is made read-only beneath only where it is a folder that is read', () => {
    expect(modeOf({ beadsReadOnly: true, beadsDir: '/w', restart: true }).restart).toBe(true)
    expect(codeOf(() => modeOf({ beadsReadOnly: true, beadsUrl: url, restart: true }))).toBe('usage')
    expect(codeOf(() => modeOf({ beadsOnly: true, beadsDir: '/w', restart: true }))).toBe('usage')
  })
})
