import { createReadStream } from 'node:fs'
import { formatSummary } from '../logs/format-summary.ts'
import { summarise } from '../logs/summarise.ts'
import { describeFileError } from '../startup/file-error.ts'
import { type CliCommand, text, UsageError } from './cli-command.ts'

const DEFAULT_LIMIT = 50

export const logsSummarize: CliCommand = {
  usage: '[FILE] [--limit N] [--json]',
  summary: 'group a log into what happened how often; reads the service’s log and nginx’s access log',
  details: [
    'FILE        a log of JSON lines; standard input when not given',
    `--limit N   groups shown, the worst level first, then the most frequent; default ${DEFAULT_LIMIT}`,
    '--json      as JSON, with all groups',
  ],
  flags: { limit: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { min: 0, max: 1 },
  run: async ({ flags, words, print }) => {
    const limit = text(flags.limit) ?? String(DEFAULT_LIMIT)
    if (!/^[1-9]\d{0,5}$/.test(limit)) throw new UsageError('--limit: expected a whole number above 0')
    const [file] = words
    const summary = await summarise(file === undefined ? process.stdin : createReadStream(file)).catch(
      (error: unknown) => {
        const problem = describeFileError(error)
        throw problem === null ? error : new Error(`cannot read ${file}: ${problem}`)
      },
    )
    if (flags.json === true) print(JSON.stringify(summary, null, 2))
    else for (const line of formatSummary(summary, Number(limit))) print(line)
    return summary.lines > 0 && summary.unreadable === summary.lines ? 1 : 0
  },
}
