import { parseArgs } from 'node:util'
import { RepError } from '@repartee/sdk/protocol'
import { ConfigError, readConfig } from '../config.ts'
import { backupCommand, restoreCommand } from './backup.ts'
import { type CliCommand, UsageError } from './command.ts'
import { commentApprove, commentList, commentReject, commentSpam } from './comment.ts'
import { logsSummarize } from './logs.ts'
import { migrateCommand } from './migrate.ts'
import { serveCommand } from './serve.ts'
import { siteCreate, siteList } from './site.ts'
import { threadClose, threadOpen } from './thread.ts'

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
  'logs summarize': logsSummarize,
}

const overview = (): string =>
  [
    'repartee: real-time comments for any page',
    '',
    'Usage: repartee COMMAND',
    '',
    ...Object.entries(cliCommands).map(([name, command]) => `  ${name.padEnd(17)}${command.summary}`),
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

const parse = (name: string, command: CliCommand, rest: string[]) => {
  try {
    const { values, positionals } = parseArgs({
      args: rest,
      options: { ...command.flags, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    return { flags: values, words: positionals }
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${help(name, command)}`)
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
    const asked = args.length === 0 || args[0] === '--help' || args[0] === '-h' || args[0] === 'help'
    ;(asked ? print : complain)(
      asked ? overview() : `repartee: no command ${args.join(' ').slice(0, 60)}\n\n${overview()}`,
    )
    return asked ? 0 : 2
  }
  try {
    const { flags, words } = parse(name, command, args.slice(name.split(' ').length))
    if (flags.help === true) {
      print(help(name, command))
      return 0
    }
    if (words.length < command.positionals.min || words.length > command.positionals.max)
      throw new UsageError(help(name, command))
    return await command.run({ config: readConfig(env, command.serves ? 'serve' : 'operate'), flags, words, print })
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const problem of error.message.split('\n')) complain(`repartee: ${problem}`)
      return 2
    }
    if (error instanceof UsageError) {
      complain(`repartee: ${error.message}`)
      return 2
    }
    if (error instanceof RepError) {
      complain(`repartee: ${error.code}: ${error.message}`)
      return 1
    }
    complain(`repartee: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}
