import { type CliCommand, required } from './cli-command.ts'
import { operate } from './operate.ts'

const setClosed = (closed: boolean): CliCommand => ({
  usage: 'PAGE --site KEY',
  summary: closed ? 'close the comments of a page to new ones' : 'reopen the comments of a page',
  details: [
    '--site KEY   the public key of the site',
    'PAGE         the page key; by default the path, like /posts/hello.html',
  ],
  flags: { site: { type: 'string' } },
  argCount: { min: 1, max: 1 },
  run: async ({ config, flags, args, print }) => {
    const page = args[0] ?? ''
    await operate(config, 'thread.setClosed', { site: required(flags, 'site'), page, closed })
    print(`${page} is ${closed ? 'closed' : 'open'}`)
    return 0
  },
})

export const threadClose = setClosed(true)
export const threadOpen = setClosed(false)
