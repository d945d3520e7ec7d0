import * as v from 'valibot'

const duration = v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))

/**
 * POST vitals: what one visit to a page was like, as the reader's browser measured it. Everything is optional; a value
 * beyond its bounds is to be left out, since one refuses the report.
 */
export const vitalsSchema = v.strictObject({
  /** Largest Contentful Paint of the host page. */
  lcpMs: v.optional(duration),
  /** Interaction to Next Paint. */
  inpMs: v.optional(duration),
  /** Cumulative Layout Shift, which has no unit. */
  cls: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
  /** From the reader's coming near the conversation to its being drawn. */
  threadMs: v.optional(duration),
  /** From Send to the acknowledgement, one for each comment. */
  postMs: v.optional(v.pipe(v.array(duration), v.maxLength(20))),
})
export type Vitals = v.InferOutput<typeof vitalsSchema>
