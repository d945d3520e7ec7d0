import * as v from 'valibot'
import { idSchema } from '../ids.ts'
import { emailFieldSchema, languageSchema } from './account-schemas.ts'

const time = v.pipe(v.number(), v.integer(), v.minValue(0))
/** At most 10,000 are counted. */
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** Whether the installation sends mail, as one node sees it. */
export const mailStatusSchema = v.object({
  /** `off`: no mail server is set. `failing`: mail waits because the server takes none. */
  state: v.picklist(['off', 'ok', 'failing']),
  /** Why it takes none; `null` otherwise. */
  problem: v.nullable(v.string()),
  waiting: count,
  /** When the mail that waits longest was stored. */
  oldestAt: v.nullable(time),
  givenUp: count,
})
export type MailStatus = v.InferOutput<typeof mailStatusSchema>

export const testMailRequestSchema = v.strictObject({ to: emailFieldSchema, language: v.optional(languageSchema) })
export const testMailResultSchema = v.object({ id: idSchema })

/** What became of one mail. A mail that was sent is known for a week. */
export const mailProgressSchema = v.object({
  state: v.picklist(['waiting', 'sent', 'given_up']),
  /** Why the last attempt failed; `null` before the first, and once it was sent. */
  lastError: v.nullable(v.string()),
})
export type MailProgress = v.InferOutput<typeof mailProgressSchema>

/** Mail that is not tried any more. It is kept for a month. */
export const failedMailSchema = v.object({
  id: idSchema,
  /** What the mail says, such as `reset_password`. */
  kind: v.string(),
  /** Masked, such as `a…@example.org`; `null` when it cannot be read. */
  to: v.nullable(v.string()),
  attempts: v.number(),
  lastError: v.string(),
  createdAt: time,
  givenUpAt: time,
})
export type FailedMailEntry = v.InferOutput<typeof failedMailSchema>

export const failedMailPageSchema = v.object({ mail: v.array(failedMailSchema), next: v.nullable(idSchema) })
export type FailedMailPage = v.InferOutput<typeof failedMailPageSchema>

export const retriedMailSchema = v.object({ retried: count })
