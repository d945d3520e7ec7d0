import { parseArgs } from 'node:util'
import { ReparteeError } from '@repartee/sdk/protocol'
import { version } from '../core/service-version.ts'
import { ConfigError, readConfig } from '../startup/config.ts'
import { backupCommand, restoreCommand } from './backup-command.ts'
import { type CliCommand, UsageError } from './cli-command.ts'
import { commentApprove, commentList, commentReject, commentSpam } from './comment-command.ts'
import { migrateCommand } from './migrate-command.ts'
import { serveCommand } from './serve-command.ts'
import { siteCreate, siteList } from './site-command.ts'
import { threadClose, threadOpen } from './thread-command.ts'

/** Every command by the words that call it. */
export const cliCommands: Readonly<Record<string, CliCommand>> = {
  serve: serveCommand,
  migrate: migrateCommand,
  backup: backupCommand,
  restore: restoreCommand,
  'site create': siteCreate,
  'site list': siteList,
  'comment list': commentList,
  'comment approve': commentApprove,
  'comment reject': commentReject,
  'comment spam': commentSpam,
  'thread close': threadClose,
  'thread open': threadOpen,
}

/** All commands, or those that begin with a word. */
const overview = (first = ''): string =>
  [
    'repartee: real-time comments for any page',
    '',
    'Usage: repartee COMMAND',
    '',
    ...Object.entries(cliCommands)
      .filter(([name]) => first === '' || name.startsWith(`${first} `))
      .map(([name, command]) => `  ${name.padEnd(17)}${command.summary}`),
    '',
    'repartee COMMAND --help tells more. Settings come from environment variables (README).',
  ].join('\n')

const help = (name: string, command: CliCommand): string =>
  [
    `Usage: repartee ${name} ${command.usage}`.trimEnd(),
    '',
    command.summary,
    ...(command.details.length > 0 ? ['', ...command.details.map((line) => `  ${line}`)] : []),
  ].join('\n')

const parse = (command: CliCommand, rest: string[]) => {
  try {
    const { values, positionals } = parseArgs({
      args: rest,
      options: { ...command.flags, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    return { flags: values, words: positionals }
  } catch (error) {
    // Node adds advice after the first sentence that is of no use here.
    throw new UsageError((error instanceof Error ? error.message : String(error)).replace(/\. .*$/s, ''))
  }
}

/** Run one command line; resolves to the exit code, or to `null` while the service runs. */
export const runCli = async (
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
  complain: (line: string) => void,
): Promise<number | null> => {
  const wide = args.slice(0, 2).join(' ')
  const name = Object.hasOwn(cliCommands, wide) ? wide : (args[0] ?? '')
  const command = Object.hasOwn(cliCommands, name) ? cliCommands[name] : undefined
  if (command === undefined) {
    const [first = ''] = args
    if (first === '--version' || first === '-v') {
      print(version)
      return 0
    }
    const isGroup = Object.keys(cliCommands).some((each) => each.startsWith(`${first} `))
    const asksHelp = (word: string | undefined): boolean => word === undefined || /^(--help|-h|help)$/.test(word)
    const asked = args.length === 0 || asksHelp(first) || (isGroup && asksHelp(args[1]))
    const said = overview(isGroup ? first : '')
    ;(asked ? print : complain)(asked ? said : `repartee: no command ${args.join(' ').slice(0, 60)}\n\n${said}`)
    return asked ? 0 : 2
  }
  try {
    const { flags, words } = parse(command, args.slice(name.split(' ').length))
    if (flags.help === true) {
      print(help(name, command))
      return 0
    }
    if (words.length < command.positionals.min) throw new UsageError(`${command.usage.split(' ')[0]} is needed`)
    if (words.length > command.positionals.max) throw new UsageError(`one word too many: ${words.at(-1)}`)
    return await command.run({ config: readConfig(env, command.serves ? 'serve' : 'operate'), flags, words, print })
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const problem of error.message.split('\n')) complain(`repartee: ${problem}`)
      return 2
    }
    if (error instanceof UsageError) {
      complain(`repartee: ${error.message}\n\n${help(name, command)}`)
      return 2
    }
    if (error instanceof ReparteeError) {
      complain(`repartee: ${error.code}: ${error.message}`)
      return 1
    }
    complain(`repartee: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}
