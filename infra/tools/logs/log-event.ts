export const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const
export type Level = (typeof LEVELS)[number]

/** pino's numeric levels. */
const numbered: Readonly<Record<number, Level>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** One line of the service's or nginx's log. */
export type LogEvent = {
  readonly at: number | null
  readonly level: Level
  readonly message: string
  readonly requestId: string | null
  readonly fields: Readonly<Record<string, unknown>>
}

const levelOf = (value: unknown): Level =>
  (typeof value === 'number' ? numbered[value] : LEVELS.find((level) => level === value)) ?? 'info'

const timeOf = (value: unknown): number | null => {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN
  // The range of a JavaScript date.
  return Math.abs(at) <= 8.64e15 ? at : null
}

/** Parse one line; `null` if it is not a JSON object with a message. */
export const parseLogLine = (line: string): LogEvent | null => {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) return null
    const { time, level, msg, requestId, ...fields } = value as Record<string, unknown>
    if (typeof msg !== 'string') return null
    return {
      at: timeOf(time),
      level: levelOf(level),
      message: msg,
      requestId: typeof requestId === 'string' && requestId !== '' ? requestId : null,
      fields,
    }
  } catch {
    return null
  }
}
