import { AdminError, ReparteeError } from '@repartee/sdk/admin'
import { plural, t } from '../i18n/index.ts'

/** The code of a refusal, or `null` where none arrived. */
export const codeOf = (error: unknown): string | null =>
  error instanceof AdminError || error instanceof ReparteeError ? error.code : null

/** Somebody closed a dialog instead of going on. Its message is what to say about it, if anything. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

/** What happened and what to do, in the language in use. */
export const explain = (error: unknown): string => {
  const code = codeOf(error)
  const texts: Readonly<Record<string, string>> = t().errors
  if (code === 'unavailable' && !navigator.onLine) return t().common.failed.network
  const text = (code !== null && Object.hasOwn(texts, code) ? texts[code] : undefined) ?? t().errors.internal
  const wait = error instanceof ReparteeError ? error.retryAfterMs : undefined
  if (code !== 'rate_limited' || wait === undefined) return text
  return `${text} ${plural(t().common.waitSeconds, Math.max(1, Math.ceil(wait / 1_000)))}`
}

export const isCode = (error: unknown, code: string): boolean => codeOf(error) === code

/** Whether the same request may succeed by itself a moment later. */
export const isPassing = (error: unknown): boolean => isCode(error, 'unavailable')
