import type { LogEvent } from './log-event.ts'
import { normalise, printable } from './normalise.ts'

/** Fields that differ in every line or do not help to tell events apart. */
const IGNORED: ReadonlySet<string> = new Set([
  ...['pid', 'hostname', 'v', 'node', 'stack'],
  ...['bytes', 'network', 'protocol', 'tls', 'cache', 'upstream', 'seconds'],
  ...['connectSeconds', 'headerSeconds', 'upstreamSeconds'],
])
/** Numbers that say what happened, not how much. */
const CODES: ReadonlySet<string> = new Set(['status', 'upstreamStatus', 'code'])
const SQLSTATE = /^[0-9A-Z]{5}$/
const MAX_FIELDS = 12
const MAX_VALUE = 160

const firstFrame = (stack: string): string | undefined => /^[ \t]*at (?!node:)(.{1,300})$/m.exec(stack)?.[1]

/** Only function and file: paths and line numbers change with each build. */
const frameText = (stack: string): string => {
  const frame = firstFrame(stack)
  if (frame === undefined) return ''
  const [, name, file] = /^(?:async )?(?:(.+) \()?.*?([^/\\(]+?)(?::\d+){1,2}\)?$/.exec(frame) ?? []
  return file === undefined ? '' : ` at ${name === undefined ? '' : `${name} `}${file}`
}

const errorText = (value: unknown): string | null => {
  if (typeof value === 'string') return `${normalise(value.split('\n')[0] ?? '')}${frameText(value)}`
  if (typeof value !== 'object' || value === null) return null
  const { type, message, code, stack } = value as Record<string, unknown>
  const parts = [
    typeof type === 'string' ? type : 'Error',
    ...(typeof code === 'string' ? [`(${code})`] : []),
    ...(typeof message === 'string' ? [`: ${normalise(message)}`] : []),
  ]
  return `${parts.join('')}${typeof stack === 'string' ? frameText(stack) : ''}`
}

const valueText = (name: string, value: unknown): string | null => {
  if (name === 'error' || name === 'err' || (name === 'cause' && typeof value === 'object')) return errorText(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return CODES.has(name) ? String(value) : null
  if (typeof value !== 'string' || value === '') return null
  return CODES.has(name) || SQLSTATE.test(value) ? value : normalise(value)
}

/** The kind of event of a line: its message and constant fields, without the parts that vary. */
export const fingerprintOf = (event: LogEvent): string => {
  const fields = Object.entries(event.fields)
    .filter(([name]) => !IGNORED.has(name))
    .flatMap(([name, value]) => {
      const text = valueText(name, value)
      return text === null || text === '' ? [] : [`${printable(name, 40)}=${printable(text, MAX_VALUE)}`]
    })
    .sort()
    .slice(0, MAX_FIELDS)
  return [normalise(event.message), ...fields].join(' ')
}
