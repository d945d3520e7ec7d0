import type { CliCommand } from './cli-command.ts'
import { operate } from './operate.ts'

type Link = { readonly url: string; readonly expiresAt: number } | null

export const accountSetupLink: CliCommand = {
  usage: '',
  summary: 'print the link with which the first operator sets up the installation',
  details: ['Works while there is no account. The link works once, for a day.'],
  flags: {},
  argCount: { min: 0, max: 0 },
  run: async ({ config, print }) => {
    const link = (await operate(config, 'account.setupLink', {})) as Link
    if (link === null) {
      print('The installation is set up already. To let someone in, run: repartee account invite EMAIL')
      return 1
    }
    print(link.url)
    return 0
  },
}

export const accountInvite: CliCommand = {
  usage: 'EMAIL',
  summary: 'invite someone to open an account, and print the link if no mail can be sent',
  details: ['The link works once, for a week.'],
  flags: {},
  argCount: { min: 1, max: 1 },
  run: async ({ config, args, print }) => {
    const { link } = (await operate(config, 'account.invite', { email: args[0] ?? '' })) as { link: string | null }
    print(link ?? `An invitation is on its way to ${args[0]}`)
    return 0
  },
}

export const accountResetLink: CliCommand = {
  usage: 'EMAIL',
  summary: 'print a link with which an account gets a new password',
  details: ['It works once, for an hour. The second factor of the account stays.'],
  flags: {},
  argCount: { min: 1, max: 1 },
  run: async ({ config, args, print }) => {
    const link = (await operate(config, 'account.resetLink', { email: args[0] ?? '' })) as Link
    if (link === null) {
      print(`no account has the address ${args[0]}`)
      return 1
    }
    print(link.url)
    return 0
  },
}

const setSuspended = (suspended: boolean): CliCommand => ({
  usage: 'EMAIL',
  summary: suspended ? 'suspend an account: its sessions end within a second' : 'let a suspended account in again',
  details: [],
  flags: {},
  argCount: { min: 1, max: 1 },
  run: async ({ config, args, print }) => {
    await operate(config, 'account.setSuspended', { email: args[0] ?? '', suspended })
    print(`${args[0]} is ${suspended ? 'suspended' : 'active'}`)
    return 0
  },
})

export const accountSuspend = setSuspended(true)
export const accountResume = setSuspended(false)
