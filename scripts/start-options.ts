import { requireListen } from '../cli/serve-options.ts'
import { GembaError } from '../model/error.ts'
import { parseListen } from '../runtime/listen-address.ts'

/** What a person types to start the example with options. */
export const command = 'npm start --'

export const help = `Usage: npm start [-- <options>]

Sets everything up, then runs Gemba on the example project in .example/ and opens the console in the browser.
While it runs, another npm start only opens the console again. Ctrl-C stops it.

Options, behind the two dashes that npm needs:
  --listen <address>   address and port, such as 127.0.0.1:7667; port 0 takes any that is free
  --no-open            do not open the browser
  --help               show this

Every option of \`gemba serve\` works too. For a project of your own: \`gemba init\`, then \`gemba serve\`.
`

const withValue = ['--listen', '--auth', '--orchestration', '--public-url']

/** Refuses what can be seen to be wrong before the set-up, which may take minutes, begins. */
export function checkStartOptions(args: readonly string[]): void {
  for (const [index, arg] of args.entries()) {
    const [flag = '', value = args[index + 1] ?? ''] = arg.split(/=(.*)/s)
    if (flag === '--listen') requireListen(value, command)
    if (arg.startsWith('-') || withValue.includes(args[index - 1] ?? '')) continue
    // npm keeps options that stand before the two dashes for itself, and passes on their values.
    const meant = parseListen(arg) === undefined ? '--help' : `--listen ${arg}`
    throw new GembaError('usage', { why: `npm start takes its options behind two dashes: ${command} ${meant}` })
  }
}
