import { parseArgs } from 'node:util'
import { ReparteeError } from '@repartee/sdk/protocol'
import { AdminError } from '@repartee/sdk/protocol/admin'
import { version } from '../core/service-version.ts'
import { ConfigError, readConfig } from '../startup/config.ts'
import { accountInvite, accountResetLink, accountResume, accountSetupLink, accountSuspend } from './account-command.ts'
import { backupCommand, restoreCommand } from './backup-command.ts'
import { type CliCommand, UsageError } from './cli-command.ts'
import { commentApprove, commentList, commentReject, commentSpam } from './comment-command.ts'
import { keysGenerate, keysRotate, keysStatus } from './keys-command.ts'
import { mailRetry, mailStatusCommand, mailTest } from './mail-command.ts'
import { migrateCommand } from './migrate-command.ts'
import { serveCommand } from './serve-command.ts'
import { siteCreate, siteList } from './site-command.ts'
import { siteShow, siteUpdate } from './site-settings-command.ts'
import { threadClose, threadOpen } from './thread-command.ts'

/** Every command by its name. */
export const cliCommands: Readonly<Record<string, CliCommand>> = {
  serve: serveCommand,
  migrate: migrateCommand,
  backup: backupCommand,
  restore: restoreCommand,
  'keys generate': keysGenerate,
  'keys rotate': keysRotate,
  'keys status': keysStatus,
  'account setup-link': accountSetupLink,
  'account invite': accountInvite,
  'account reset-link': accountResetLink,
  'account suspend': accountSuspend,
  'account resume': accountResume,
  'mail test': mailTest,
  'mail status': mailStatusCommand,
  'mail retry': mailRetry,
  'site create': siteCreate,
  'site list': siteList,
  'site show': siteShow,
  'site update': siteUpdate,
  'comment list': commentList,
  'comment approve': commentApprove,
  'comment reject': commentReject,
  'comment spam': commentSpam,
  'thread close': threadClose,
  'thread open': threadOpen,
}

/** The help of all commands, or of those in a group. */
const overview = (group = ''): string =>
  [
    'repartee: real-time comments for any page',
    '',
    'Usage: repartee COMMAND',
    '',
    ...Object.entries(cliCommands)
      .filter(([name]) => group === '' || name.startsWith(`${group} `))
      .map(([name, command]) => `  ${name.padEnd(20)}${command.summary}`),
    '',
    'Run repartee COMMAND --help for details. Environment variables configure it; see the README.',
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
    return { flags: values, args: positionals }
  } catch (error) {
    // Node.js adds advice after the first sentence, which does not apply here.
    throw new UsageError((error instanceof Error ? error.message : String(error)).replace(/\. .*$/s, ''))
  }
}

/** An error in words; an expected one with its code, which the README and the API use. */
const describeError = (error: unknown): string => {
  if (error instanceof ReparteeError || error instanceof AdminError) return `${error.message} (${error.code})`
  return error instanceof Error ? error.message : String(error)
}

const isHelp = (arg: string | undefined): boolean => arg === undefined || /^(--help|-h|help)$/.test(arg)

/** Answer arguments that name no command: the version, the help asked for, or an error with the overview. */
const runWithoutCommand = (
  args: readonly string[],
  print: (line: string) => void,
  printError: (line: string) => void,
): number => {
  const [first] = args
  if (first === '--version' || first === '-v') {
    print(version)
    return 0
  }
  const isGroup = Object.keys(cliCommands).some((name) => name.startsWith(`${first} `))
  const text = overview(isGroup ? first : '')
  if (isHelp(first) || (isGroup && isHelp(args[1]))) {
    print(text)
    return 0
  }
  printError(`repartee: no command ${args.join(' ').slice(0, 60)}\n\n${text}`)
  return 2
}

/** Run one command line. Resolves to the exit code, or to `null` while the service runs. */
export const runCli = async (
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
  printError: (line: string) => void,
): Promise<number | null> => {
  const twoWords = args.slice(0, 2).join(' ')
  const name = Object.hasOwn(cliCommands, twoWords) ? twoWords : (args[0] ?? '')
  const command = Object.hasOwn(cliCommands, name) ? cliCommands[name] : undefined
  if (command === undefined) return runWithoutCommand(args, print, printError)
  try {
    const parsed = parse(command, args.slice(name.split(' ').length))
    if (parsed.flags.help === true) {
      print(help(name, command))
      return 0
    }
    const { min, max } = command.argCount
    if (parsed.args.length < min) throw new UsageError(`${command.usage.split(' ')[0]} is required`)
    if (parsed.args.length > max) throw new UsageError(`unexpected argument: ${parsed.args.at(-1)}`)
    const config = readConfig(command.needsNoConfig ? {} : env, command.serves ? 'serve' : 'operate')
    return await command.run({ config, print, ...parsed })
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const problem of error.message.split('\n')) printError(`repartee: ${problem}`)
      return 2
    }
    if (error instanceof UsageError) {
      printError(`repartee: ${error.message}\n\n${help(name, command)}`)
      return 2
    }
    printError(`repartee: ${describeError(error)}`)
    return 1
  }
}
