import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { paneSize } from '../../../model/pane-size.ts'

/** Lines of scroll-back that tmux keeps for each pane. */
export const historyLines = 5000

/**
 * The whole configuration of our own tmux server; nothing of the person's is read. `window-size` stays as it is:
 * setting it to manual here ends tmux 3.3 at its first window, and resizing a window makes that one manual.
 */
export function tmuxConfiguration(): string {
  return [
    'set -s exit-empty off',
    'set -s escape-time 0',
    'set -s set-clipboard off',
    `set -s default-terminal ${defaultTerminal()}`,
    'set -g default-shell /bin/sh',
    `set -g history-limit ${historyLines}`,
    `set -g default-size ${paneSize.columns}x${paneSize.rows}`,
    "set -g update-environment ''",
    'set -g status off',
    'set -g mouse off',
    'set -g remain-on-exit on',
    'set -g allow-rename off',
    'set -g automatic-rename off',
    'set -gq allow-passthrough off',
    'set -g set-titles off',
    'set -g destroy-unattached off',
    'set -g detach-on-destroy off',
    '',
  ].join('\n')
}

function defaultTerminal(): string {
  const folders = [
    join(homedir(), '.terminfo'),
    ...['/etc', '/lib', '/usr/lib', '/usr/share', '/usr/local/share', '/opt/homebrew/share'].map((folder) =>
      join(folder, 'terminfo'),
    ),
  ]
  const known = folders.some((folder) => ['t', '74'].some((part) => existsSync(join(folder, part, 'tmux-256color'))))
  return known ? 'tmux-256color' : 'screen-256color'
}
