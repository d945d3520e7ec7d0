import { ReparteeError } from '@repartee/sdk/protocol'
import { Overtaken } from './overtaken.ts'

const notCommitted = new Set(['40001', '40P01'])

/** Connection failures (08), operator intervention (57), too few resources (53), system errors (58), ambiguous results. */
const away = /^(08|53|57|58)|^(40003|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)$/

/**
 * What a failed statement means: `again` is surely not committed and worth another try, `unavailable` is the
 * database's state and not the statement's fault, `bug` is everything else.
 */
export const classify = (error: unknown): 'again' | 'unavailable' | 'bug' => {
  if (error instanceof Overtaken) return 'again'
  if (error instanceof ReparteeError) return error.code === 'unavailable' ? 'unavailable' : 'bug'
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  if (notCommitted.has(code)) return 'again'
  return away.test(code) ? 'unavailable' : 'bug'
}
