import { type CliCommand, required } from './cli-command.ts'
import { operate } from './operate.ts'

const setClosed = (closed: boolean): CliCommand => ({
  usage: 'PAGE --site KEY',
  summary: closed ? 'close the conversation of a page: it can be read, not joined' : 'open a closed conversation again',
  details: ['--site KEY   the site', 'PAGE         the page key, by default the path: /posts/hello.html'],
  flags: { site: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  run: async ({ config, flags, words, print }) => {
    const page = words[0] ?? ''
    await operate(config, 'thread.setClosed', { site: required(flags, 'site'), page, closed })
    print(`${page} is ${closed ? 'closed' : 'open'}`)
    return 0
  },
})

export const threadClose = setClosed(true)
export const threadOpen = setClosed(false)
