import { Command, CommanderError, Option } from 'commander'
import { installation } from '../runtime/installation.ts'
import { doctor } from './doctor.ts'
import { explain } from './explain.ts'
import { init } from './init.ts'
import { open } from './open.ts'
import { exitCodeOf, exitCodes, printError } from './output.ts'
import { serve } from './serve.ts'

const data = 'the folder of the data, when it is not where Gemba keeps it by itself'

/** The `gemba` command. Data goes to standard output, talk to standard error; `--json` everywhere that there is data. */
function program(): Command {
  const gemba = new Command('gemba')
    .description('Plan work as beads and have coding agents do it, durably.')
    .version(installation().version)
    .exitOverride()
    .showHelpAfterError('(`gemba --help` lists the commands and their options)')
  gemba
    .command('init')
    .description('Make a project of a git repository: writes .gemba/gemba.toml and .gemba/agents.toml.')
    .argument('[folder]', 'the repository', '.')
    .option('--no-input', 'ask nothing')
    .option('--json', 'print the result as JSON')
    .action((folder: string, options: { input: boolean; json?: boolean }) => finish(init(folder, options)))
  gemba
    .command('serve')
    .description('Run a project: console, API, durable processes and the local agent host.')
    .argument('[folder]', 'the project', '.')
    .option('--listen <address>', 'address and port, for example 127.0.0.1:7666')
    .addOption(new Option('--auth <how>', 'whether browsers must show the local token').choices(['token', 'none']))
    .addOption(
      new Option('--orchestration <plane>', 'whether agents run here').choices(['native', 'none']).default('native'),
    )
    .option('--public-url <url>', 'the address by which others reach the server')
    .option('--data <folder>', data)
    .option('--open', 'open the console in the browser')
    .option('--no-open', 'do not open the browser')
    .option('--json', 'print events as JSON lines')
    .action((folder: string, options: Parameters<typeof serve>[1]) => finish(serve(folder, options)))
  gemba
    .command('open')
    .description('Print the URL of the running console; with --browser open it.')
    .argument('[folder]', 'the project', '.')
    .option('--browser', 'open it in the browser')
    .option('--data <folder>', data)
    .option('--json', 'print it as JSON')
    .action((folder: string, options: Parameters<typeof open>[1]) => finish(open(folder, options)))
  gemba
    .command('doctor')
    .description('Say what is wrong on this machine and with the project, and how to mend it.')
    .argument('[folder]', 'the project', '.')
    .option('--fix', 'get what can be got')
    .option('--data <folder>', data)
    .option('--json', 'print the findings as JSON')
    .action((folder: string, options: Parameters<typeof doctor>[1]) => finish(doctor(folder, options)))
  gemba
    .command('example')
    .description('Create the example project.')
    .argument('[folder]', 'where', 'gemba-example')
    .action(async (folder: string) => finish((await import('./example.ts')).example(folder)))
  gemba
    .command('config')
    .description('Look at the configuration.')
    .command('explain')
    .description('Show each key with its value and where the value comes from.')
    .argument('[key]', 'one key, or the beginning of several')
    .option('--folder <folder>', 'the project', '.')
    .option('--json', 'print it as JSON')
    .action((key: string | undefined, options: { folder: string; json?: boolean }) => finish(explain(key, options)))
  return gemba
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
