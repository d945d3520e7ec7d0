import { type Logger as Pino, pino } from 'pino'
import type { Logger } from '../core/ports/logger.ts'
import { errorFields } from './error-fields.ts'

const wrap = (log: Pino): Logger => ({
  debug: (message, fields) => log.debug(fields ?? {}, message),
  info: (message, fields) => log.info(fields ?? {}, message),
  warn: (message, fields) => log.warn(fields ?? {}, message),
  error: (message, fields) => log.error(fields ?? {}, message),
  child: (fields) => wrap(log.child(fields)),
})

/**
 * Writes JSON lines to standard error, one event each: the message is constant, the data is in fields. Comments, tokens
 * and complete network addresses are never logged.
 */
export const createLogger = (level: string): Logger =>
  wrap(
    pino(
      {
        level,
        base: null,
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        serializers: { error: errorFields, cause: errorFields },
        formatters: { level: (label) => ({ level: label }) },
      },
      pino.destination({ dest: 2, sync: true }),
    ),
  )
