import { findProgram } from './locate.ts'

/** Programs that the system's package manager brings, and what they are called there. */
const packages: Readonly<Record<string, { apt: string; dnf: string; brew: string }>> = {
  tmux: { apt: 'tmux', dnf: 'tmux', brew: 'tmux' },
  git: { apt: 'git', dnf: 'git', brew: 'git' },
  cc: { apt: 'build-essential', dnf: 'gcc', brew: '' },
  chromium: { apt: 'chromium', dnf: 'chromium', brew: '--cask chromium' },
  postgres: { apt: 'postgresql', dnf: 'postgresql-server', brew: 'postgresql' },
}

/** Programs that npm brings. */
const npmPackages: Readonly<Record<string, string>> = { claude: '@anthropic-ai/claude-code', codex: '@openai/codex' }

/** The command that installs a program on this machine, for a person to run. */
export function installHint(tool: string, env: NodeJS.ProcessEnv = process.env): string {
  const npm = npmPackages[tool]
  if (npm !== undefined) return `Run \`npm install -g ${npm}\`.`
  if (tool === 'go') return 'Install Go 1.26 or newer (https://go.dev/dl).'
  const names = packages[tool]
  if (names === undefined) return `Install ${tool} and put it on PATH.`
  if (tool === 'cc' && process.platform === 'darwin') return 'Run `xcode-select --install`.'
  if (findProgram('apt-get', env) !== undefined) return `Run \`sudo apt-get install -y ${names.apt}\`.`
  if (findProgram('dnf', env) !== undefined) return `Run \`sudo dnf install -y ${names.dnf}\`.`
  if (findProgram('brew', env) !== undefined || process.platform === 'darwin')
    return `Run \`brew install ${names.brew}\`.`
  return `Install ${tool} with the package manager of this system.`
}
