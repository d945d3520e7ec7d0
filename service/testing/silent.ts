import type { Logger } from '../src/core/ports/logger.ts'

/** A logger that logs nothing. */
export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
}
