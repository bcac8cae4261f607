import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgentType, Repository } from '../../../../model/agent.ts'
import type { OrchestrationPlane } from '../../../../model/orchestration-plane.ts'
import { exec, run } from '../../../../runtime/exec.ts'
import { locateTool } from '../../../../runtime/tools/locate.ts'
import { hostDefinitions } from '../../../host-definitions.ts'
import { openRepositories } from '../../../repository/repositories.ts'
import { openNativePlane } from '../native-plane.ts'

/** A real tmux server of its own, a real repository, and agents that are small programs written by the tests. */
export interface NativeFixture {
  readonly plane: OrchestrationPlane
  readonly folder: string
  /** The host's data folder. */
  readonly host: string
  readonly socket: string
  readonly repository: Repository
  /** Writes a shell program and makes an agent of it that the host knows, in place of one with the same name. */
  agent(name: string, script: string, more?: Partial<AgentType>): AgentType
  tmux(...args: string[]): Promise<string>
  /** Opens another plane on the same host folder and tmux server. */
  reopen(): Promise<OrchestrationPlane>
  close(): Promise<void>
}

let count = 0

export async function openNativeFixture(extraEnv: NodeJS.ProcessEnv = {}): Promise<NativeFixture> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-native-')))
  const socket = `gemba-test-${process.pid}-${(count += 1)}`
  const host = join(folder, 'host')
  const programs = join(folder, 'programs')
  const home = join(folder, 'home')
  for (const each of [programs, home]) mkdirSync(each)
  const { PATH = '', TMUX_TMPDIR } = process.env
  const env = { PATH: `${programs}:${PATH}`, TMUX_TMPDIR, HOME: home, USER: 'tester', ...extraEnv }
  const repository = await makeRepository(join(folder, "repo #(touch canary) it's"))
  const agents: AgentType[] = []
  const definitions = hostDefinitions('local', agents, [repository])
  const repositories = openRepositories()
  const planes: OrchestrationPlane[] = []
  const reopen = async () => {
    const plane = await openNativePlane({ host: 'local', folder: host, socket, definitions, repositories, env })
    planes.push(plane)
    return plane
  }
  return {
    plane: await reopen(),
    folder,
    host,
    socket,
    repository,
    agent(name, script, more = {}) {
      writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
      const agent = agentType({ name, command: name, ...more })
      const before = agents.findIndex((known) => known.name === name)
      agents.splice(before < 0 ? agents.length : before, before < 0 ? 0 : 1, agent)
      return agent
    },
    tmux: (...args) => run(locateTool('tmux'), ['-L', socket, ...args]),
    reopen,
    async close() {
      for (const plane of planes) await plane.close()
      await endAgents(await reopen())
      await exec(locateTool('tmux'), ['-L', socket, 'kill-server'])
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}

export function agentType(agent: Partial<AgentType> & { name: string; command: string }): AgentType {
  return {
    args: [],
    env: {},
    model: null,
    hooks: 'none',
    preamble: 'file',
    quit: 'exit',
    interactionMode: 'balanced',
    maxParallel: 8,
    agentCloses: false,
    ...agent,
  }
}

/** The end of tmux is nothing to an agent that does not hear its terminal hang up. */
async function endAgents(plane: OrchestrationPlane): Promise<void> {
  for (const { session, fence, bead, repository } of await plane.panes())
    await plane.end({ session, fence, bead, repository, graceMs: 0, removeWorktree: false })
  await plane.close()
}

async function makeRepository(path: string): Promise<Repository> {
  mkdirSync(path)
  const git = (...args: string[]) =>
    run(locateTool('git'), ['-c', 'user.name=T', '-c', 'user.email=t@t', ...args], { cwd: path })
  await git('init', '-q', '-b', 'main')
  writeFileSync(join(path, 'README.md'), 'hello\n')
  await git('add', '.')
  await git('commit', '-q', '-m', 'first')
  return { id: 'main', path, base: 'main', integration: 'merge', remote: 'origin', prefixes: ['ex'] }
}
