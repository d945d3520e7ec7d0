import { createReadStream } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeFileError } from '@repartee/service/file-error'
import { formatSummary } from './format-summary.ts'
import { summarise } from './summarise.ts'

const DEFAULT_LIMIT = 50

const usage = `Usage: npm run logs -- [FILE] [--limit N] [--json]

Group a log by what happened and count how often: the service's log, or nginx's access log.

  FILE        a log of JSON lines; standard input by default
  --limit N   how many groups to show, the worst level first, then the most frequent (${DEFAULT_LIMIT})
  --json      as JSON, with all groups`

/** Arguments that make no sense: exit code 2, with the usage. */
class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The log is missing, a folder, or not ours to read: exit code 1. */
class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
}

const parse = (args: readonly string[]) => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        limit: { type: 'string', default: String(DEFAULT_LIMIT) },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    })
    if (positionals.length > 1) throw new UsageError(`one argument too many: ${positionals.at(-1)}`)
    if (!/^[1-9]\d{0,5}$/.test(values.limit)) throw new UsageError('--limit: expected a whole number above 0')
    return { ...values, limit: Number(values.limit), file: positionals[0] }
  } catch (error) {
    if (error instanceof UsageError) throw error
    // Node adds advice after the first sentence that is of no use here.
    throw new UsageError((error instanceof Error ? error.message : String(error)).replace(/\. .*$/s, ''))
  }
}

/**
 * Summarise a log; resolves with the exit code: 0, 1 where the file cannot be read or has no log line in it, 2 where the
 * arguments make no sense.
 */
export const runLogs = async (
  args: readonly string[],
  print: (line: string) => void,
  complain: (line: string) => void,
): Promise<0 | 1 | 2> => {
  try {
    const { file, limit, json, help } = parse(args)
    if (help) {
      print(usage)
      return 0
    }
    const summary = await summarise(file === undefined ? process.stdin : createReadStream(file)).catch(
      (error: unknown) => {
        const problem = describeFileError(error)
        throw problem === null ? error : new UnreadableError(`cannot read ${file}: ${problem}`)
      },
    )
    if (json) print(JSON.stringify(summary, null, 2))
    else for (const line of formatSummary(summary, limit)) print(line)
    return summary.lines > 0 && summary.unreadable === summary.lines ? 1 : 0
  } catch (error) {
    if (error instanceof UsageError) {
      complain(`${error.message}\n\n${usage}`)
      return 2
    }
    if (!(error instanceof UnreadableError)) throw error
    complain(error.message)
    return 1
  }
}
