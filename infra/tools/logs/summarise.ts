import { readLines } from './read-lines.ts'
import { createSummary, type LogSummary } from './summary.ts'

/** Far longer than any log line, including stack traces. */
const MAX_LINE = 64 * 1_024
const MAX_GROUPS = 2_000

/** Summarise a log of any length in bounded memory. */
export const summarise = async (input: AsyncIterable<Uint8Array | string>): Promise<LogSummary> => {
  const summary = createSummary(MAX_GROUPS)
  for await (const line of readLines(input, MAX_LINE)) summary.add(line)
  return summary.result()
}
