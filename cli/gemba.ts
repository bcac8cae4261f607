import { Command, CommanderError, Option } from 'commander'
import { exportFormats } from '../model/exchange.ts'
import { installation } from '../runtime/installation.ts'
import type { ExportFlags } from './beads-export.ts'
import type { ImportFlags } from './beads-import.ts'
import { beadsUrlArgument } from './beads-url-argument.ts'
import { doctor } from './doctor.ts'
import { explain } from './explain.ts'
import { init } from './init.ts'
import { installBridgeCommand } from './install-bridge.ts'
import { open } from './open.ts'
import { exitCodeOf, exitCodes, printError } from './output.ts'
import { serve } from './serve.ts'

const data = "folder of the project's data (default: .gemba/data if it is there, else in your state folder)"

const firstSteps = `
First steps, in a git repository with at least one commit:
  gemba init            make a project of it
  gemba doctor          see what is missing on this machine, and the command that brings it
  gemba serve --open    run it and open the console; Ctrl-C stops it, agents stay in their panes

To look around first, without an account and without cost:
  gemba example demo && gemba serve demo --open

Exit codes: 0 done, 1 failed, 2 wrong use, 3 not found, 4 conflict (such as: runs already), 5 not authorised,
6 done with findings, 130 interrupted.`

/** The `gemba` command. Data goes to standard output, talk to standard error; `--json` everywhere that there is data. */
function program(): Command {
  const gemba = new Command('gemba')
    .description('Plan work as beads, have coding agents do it in real terminals, and watch from a browser.')
    .version(installation().version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .helpCommand('help [command]', 'show the options of a command')
    .addHelpText('after', firstSteps)
    .exitOverride()
    .showHelpAfterError('(`gemba --help` lists the commands and their options)')
  gemba
    .command('init')
    .description(
      'Make a project of a git repository. Writes gemba.toml, agents.toml and interaction_profile.md into .gemba; keeps what is there.',
    )
    .argument('[folder]', 'the repository', '.')
    .option('--no-input', 'ask nothing; take the names from the folder')
    .option('--json', 'print the result as JSON')
    .action((folder: string, options: { input: boolean; json?: boolean }) => finish(init(folder, options)))
  gemba
    .command('serve')
    .description(
      'Run a project until Ctrl-C: the console, its API, the durable processes, and the agents of this machine.',
    )
    .argument('[folder]', 'the project', '.')
    .option('--listen <address>', 'address and port; port 0 takes any that is free (default: 127.0.0.1:7666)')
    .addOption(
      new Option('--auth <how>', 'token: browsers sign in by the printed URL; none: anybody who reaches it').choices([
        'token',
        'none',
      ]),
    )
    .addOption(
      new Option(
        '--orchestration <plane>',
        'native (default): agents run here, in tmux; none: none are started',
      ).choices(['native', 'none']),
    )
    .option('--backend <terminals>', 'where agents run: tmux (default); the terminals of macOS are not driven')
    .option('--public-url <url>', 'the address by which others reach the server, when it is another one')
    .option('--beads-only', 'only the beads: no project, agents or durable processes; any Beads database')
    .option(
      '--beads-url <url>',
      'the Beads database: mysql://user@host:port/database, or dolt://; see also GEMBA_BEADS_URL',
      beadsUrlArgument,
    )
    .option('--beads-dir <folder>', 'the Beads database of a folder, or of its .beads, through bd')
    .option('--worktree <folder>', 'the Beads database of a worktree; made there by bd when there is none')
    .option('--beads-history <file>', 'the session manifest (default: .gemba/session-manifest.jsonl)')
    .option('--beads-read-only', 'Beads-only mode in which nothing can be changed')
    .option('--ask-password', 'ask at the terminal for the password of --beads-url')
    .option('--restart', 'with --beads-read-only and a folder: bd itself is made read-only beneath')
    .option('--data <folder>', data)
    .option('--open', 'open the console in the browser when it is up')
    .option('--no-open', 'do not (default)')
    .option('--json', 'print events as JSON, one a line')
    .action((folder: string, options: Parameters<typeof serve>[1]) => finish(serve(folder, options)))
  gemba
    .command('open')
    .description('Print the URL of the running console, which signs the browser in; with --browser also open it.')
    .argument('[folder]', 'the project', '.')
    .option('--browser', 'open it in the browser')
    .option('--data <folder>', data)
    .option('--json', 'print it as JSON')
    .action((folder: string, options: Parameters<typeof open>[1]) => finish(open(folder, options)))
  gemba
    .command('doctor')
    .description(
      'Say what is wrong on this machine and with the project, and how to mend it. Ends with 6 if anything is.',
    )
    .argument('[folder]', 'the project', '.')
    .option('--fix', 'get tmux, Temporal and Dolt, where they are missing or too old')
    .option('--data <folder>', data)
    .option('--json', 'print the findings as JSON')
    .action((folder: string, options: Parameters<typeof doctor>[1]) => finish(doctor(folder, options)))
  const beads = gemba.command('beads').description('Take beads in and out: `gemba beads import`, `gemba beads export`.')
  ofSource(
    beads
      .command('import')
      .description(
        'Take the beads of a file of `bd export`, or of a folder of JSONL, into a Beads database. Can be repeated. Ends ' +
          'with 6 if a line could not be taken.',
      )
      .argument('<file>', 'the file or folder')
      .option('--dry-run', 'only say what would become of each line, and why')
      .option('--create <prefix>', 'make the database of --beads-url where there is none, with this prefix of ids'),
  )
    .option('--json', 'print what became of each line as JSON')
    .action(async (file: string, options: ImportFlags) =>
      finish((await import('./beads-import.ts')).beadsImport(file, options)),
    )
  ofSource(
    beads
      .command('export')
      .description('Write all beads as JSONL, in the order of their ids, for `bd import` or `gemba beads import`.')
      .argument('[file]', 'where; - is standard output', '-')
      .addOption(
        new Option('--format <form>', 'bd: as `bd export` writes it; columns: every column of every row')
          .choices(exportFormats)
          .default('bd'),
      ),
  ).action(async (file: string, options: ExportFlags) =>
    finish((await import('./beads-export.ts')).beadsExport(file, options)),
  )
  gemba
    .command('install-bridge')
    .description(
      'Have Claude Code that you start by hand report to Gemba when it runs in a session. Merges hooks into ' +
        '.claude/settings.local.json and a block into CLAUDE.md; keeps all that is yours. Can be repeated. Sessions that ' +
        'Gemba starts need it not. Ends with 6 if git tracks a file, which then stays as it is.',
    )
    .argument('[folder]', 'where Claude Code is started', '.')
    .addOption(new Option('--agent <agent>', 'whose hooks').choices(['claude']).default('claude'))
    .option('--json', 'print the result as JSON')
    .action((folder: string, options: { json?: boolean }) => finish(installBridgeCommand(folder, options)))
  gemba
    .command('example')
    .description('Create a small project to look around in, with beads that a scripted agent works at no cost.')
    .argument('[folder]', 'where', 'gemba-example')
    .action(async (folder: string) => finish((await import('./example.ts')).example(folder)))
  gemba
    .command('config')
    .description('Look at the configuration: `gemba config explain`.')
    .command('explain')
    .description('Show each key with its value, where the value comes from, and what it means.')
    .argument('[key]', 'one key, such as server.listen, or the beginning of several, such as agent')
    .option('--folder <folder>', 'the project', '.')
    .option('--json', 'print it as JSON')
    .action((key: string | undefined, options: { folder: string; json?: boolean }) => finish(explain(key, options)))
  return gemba
}

/** The flags that say which beads are meant. */
function ofSource(command: Command): Command {
  return command
    .option(
      '--beads-url <url>',
      'a Beads database on a Dolt server, mysql://user@host:3306/database (GEMBA_BEADS_URL)',
      beadsUrlArgument,
    )
    .option('--beads-dir <folder>', 'the Beads database of a folder, or of its .beads (GEMBA_BEADS_DIR)')
    .option('--folder <folder>', 'else the database of this project', '.')
    .option('--data <folder>', data)
}

/** The command's answer becomes the exit code. */
async function finish(command: Promise<number>): Promise<void> {
  process.exitCode = await command
}

// A reader that stops listening, such as `| head`, is no failure, and must not end a server.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

try {
  await program().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  else {
    printError(error, process.argv.includes('--json'))
    process.exitCode = exitCodeOf(error)
  }
}
