import { LEVELS } from './log-event.ts'
import type { LogSummary } from './summary.ts'

const time = (at: number | null): string =>
  at === null
    ? '-'
    : new Date(at)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z')

/** The summary as lines of text, with at most `limit` groups. */
export const formatSummary = (summary: LogSummary, limit: number): string[] => {
  const { lines, unreadable, levels, firstAt, lastAt, groups, dropped } = summary
  const counts = LEVELS.flatMap((level) => (levels[level] > 0 ? [`${levels[level]} ${level}`] : []))
  const shown = groups.slice(0, limit)
  const rows = shown.map(({ count, level, firstAt: first, lastAt: last, text, requestId }) => [
    String(count),
    level,
    time(first),
    time(last),
    requestId === null ? text : `${text}  [${requestId}]`,
  ])
  const table = [['count', 'level', 'first seen', 'last seen', 'message  [a request id]'], ...rows]
  const width = (column: number): number => Math.max(...table.map((row) => row[column]?.length ?? 0))
  const widths = [width(0), width(1), width(2), width(3)]
  const rest = groups.length - shown.length
  return [
    `${lines} lines: ${[...counts, `${unreadable} unreadable`].join(', ')}`,
    `from ${time(firstAt)} to ${time(lastAt)}`,
    ...(shown.length === 0 ? [] : ['']),
    ...(shown.length === 0 ? [] : table).map(([count = '', level = '', first = '', last = '', text = '']) =>
      [
        count.padStart(widths[0] ?? 0),
        level.padEnd(widths[1] ?? 0),
        first.padEnd(widths[2] ?? 0),
        last.padEnd(widths[3] ?? 0),
        text,
      ].join('  '),
    ),
    ...(rest > 0 ? ['', `and ${rest} more groups; --limit shows them`] : []),
    ...(dropped > 0 ? ['', `${dropped} lines were in groups that were dropped to limit memory`] : []),
  ]
}
