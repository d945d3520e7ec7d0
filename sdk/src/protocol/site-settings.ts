import * as v from 'valibot'
import { reactionKindSchema } from './comment.ts'
import { siteKeySchema } from './ids.ts'

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0))
const words = v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(5_000)), [])

/** Everything an owner may set; `{}` parses to the defaults. */
export const siteSettingsSchema = v.object({
  /** Who waits for approval: nobody, authors without an approved comment, or everybody. */
  premoderation: v.optional(v.picklist(['none', 'first', 'all']), 'none'),
  /** Whether a name is enough to comment. */
  guests: v.optional(v.boolean(), true),
  /** UTF-16 code units. */
  maxBodyLength: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000)), 10_000),
  /** How long an author may edit a comment; 0 means never. */
  editWindowMs: v.optional(wholeNumber, 15 * 60_000),
  /** The same text by the same author within this time is refused; 0 means never. */
  duplicateWindowMs: v.optional(wholeNumber, 10 * 60_000),
  /** More links than `hold` wait for approval, more than `refuse` are refused. */
  links: v.optional(v.object({ hold: v.optional(wholeNumber, 3), refuse: v.optional(wholeNumber, 20) }), {}),
  /** Words that refuse a comment, and words that hold it for approval. */
  words: v.optional(v.object({ blocked: words, held: words }), {}),
  /** Reaction kinds offered, in order. */
  reactions: v.optional(v.pipe(v.array(reactionKindSchema), v.maxLength(12)), ['like', 'love', 'laugh', 'wow', 'sad']),
  /** Comments one reader may send per minute; bursts up to the same number. */
  commentsPerMinute: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)), 10),
})
export type SiteSettings = v.InferOutput<typeof siteSettingsSchema>

/** What every reader may know of a site. */
export const sitePublicSchema = v.object({
  key: siteKeySchema,
  name: v.string(),
  guests: v.boolean(),
  maxBodyLength: wholeNumber,
  editWindowMs: wholeNumber,
  reactions: v.array(v.string()),
})
export type SitePublic = v.InferOutput<typeof sitePublicSchema>
