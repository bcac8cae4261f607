import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GembaError } from '../model/error.ts'
import type { Report } from '../runtime/terminal.ts'
import { ensureTool, requireTool } from '../runtime/tools/ensure.ts'
import { installHint } from '../runtime/tools/install-hint.ts'
import { findProgram } from '../runtime/tools/locate.ts'
import { embeddedPostgres } from './embedded-postgres.ts'
import { relay, root } from './node24.mjs'

/**
 * The environment in which the tests find every program they need. Gets what it can without root and otherwise fails
 * with `tool_missing`, which names the command that mends it.
 */
export async function testEnvironment(report: Report): Promise<NodeJS.ProcessEnv> {
  const git = requireTool('git')
  const tmux = await ensureTool('tmux', { report })
  const postgres = await requirePostgres(report)
  const temporal = await ensureTool('temporal', { report })
  const dolt = await ensureTool('dolt', { report })
  const chromium = await ensureChromium(report)
  const programs = { GEMBA_GIT: git, GEMBA_TMUX: tmux, GEMBA_TEMPORAL: temporal, GEMBA_DOLT: dolt }
  return { ...process.env, ...programs, ...postgres, GEMBA_CHROMIUM: chromium }
}

/** Chromium on PATH, else the one that Playwright downloads. */
async function ensureChromium(report: Report): Promise<string> {
  const named = process.env['GEMBA_CHROMIUM']
  const candidates = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const found = named ?? candidates.map((name) => findProgram(name)).find((path) => path !== undefined)
  if (found !== undefined) return found
  const { chromium } = await import('@playwright/test')
  const downloaded = chromium.executablePath()
  if (existsSync(downloaded)) return downloaded
  report.line('chromium: not on PATH; getting it by Playwright.')
  const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js')
  const code = await relay(process.execPath, [playwright, 'install', 'chromium'], { stdio: ['ignore', 2, 'inherit'] })
  if (code === 0 && existsSync(downloaded)) return downloaded
  const why = "it is not on PATH and Playwright's download did not work"
  throw new GembaError('tool_missing', { tool: 'chromium', why, fix: installHint('chromium') })
}

/** Some real Postgres: a server that is named for it, the machine's own programs, or npm's. */
async function requirePostgres(report: Report): Promise<NodeJS.ProcessEnv> {
  const { findPostgres } = await import('../test/postgres-server.ts')
  const source = await findPostgres()
  if (source.kind !== 'none') return {}
  // Root can not run Postgres, and another user can not read our cache.
  const bin = process.getuid?.() === 0 ? undefined : await embeddedPostgres(report)
  if (bin !== undefined) return { GEMBA_TEST_POSTGRES_BIN: bin }
  throw new GembaError('tool_missing', { tool: 'postgres', why: source.reason, fix: installHint('postgres') })
}
