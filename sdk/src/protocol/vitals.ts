import * as v from 'valibot'
import { MAX_VITAL_CLS, MAX_VITAL_MS, MAX_VITAL_POSTS } from './limits.ts'

const duration = v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_VITAL_MS))

/**
 * POST vitals: how fast one visit to a page was, as the reader's browser measured it. Every field is optional. A client
 * leaves out a value beyond its limit, because one such value makes the service refuse the report.
 */
export const vitalsSchema = v.strictObject({
  /** Largest Contentful Paint of the host page. */
  lcpMs: v.optional(duration),
  /** Interaction to Next Paint. */
  inpMs: v.optional(duration),
  /** Cumulative Layout Shift, which has no unit. */
  cls: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_VITAL_CLS))),
  /** From the moment the reader comes near the thread until it is drawn. */
  threadMs: v.optional(duration),
  /** From Send to the acknowledgement, one value for each comment. */
  postMs: v.optional(v.pipe(v.array(duration), v.maxLength(MAX_VITAL_POSTS))),
})
export type Vitals = v.InferOutput<typeof vitalsSchema>
