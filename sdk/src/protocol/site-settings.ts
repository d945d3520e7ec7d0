import * as v from 'valibot'
import { reactionKindSchema } from './comment.ts'
import { siteKeySchema } from './ids.ts'

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0))
const words = v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(5_000)), [])

/** Everything that an owner can set. `{}` parses to the defaults. */
export const siteSettingsSchema = v.object({
  /** Whose comments await approval: no one's, those of authors without an approved comment, or everyone's. */
  premoderation: v.optional(v.picklist(['none', 'first', 'all']), 'none'),
  /** Whether guests may comment, who give only a name. */
  guests: v.optional(v.boolean(), true),
  /** In UTF-16 code units. */
  maxBodyLength: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000)), 10_000),
  /** How long an author may edit a comment. 0 means never. */
  editWindowMs: v.optional(wholeNumber, 15 * 60_000),
  /** The same text by the same author is refused for this long. 0 means never. */
  duplicateWindowMs: v.optional(wholeNumber, 10 * 60_000),
  /** A comment with more links than `hold` awaits approval. One with more than `refuse` is refused. */
  links: v.optional(v.object({ hold: v.optional(wholeNumber, 3), refuse: v.optional(wholeNumber, 20) }), {}),
  /** Words for which a comment is refused, and words for which it awaits approval. */
  words: v.optional(v.object({ blocked: words, held: words }), {}),
  /** The reactions on offer, in order. */
  reactions: v.optional(v.pipe(v.array(reactionKindSchema), v.maxLength(12)), ['like', 'love', 'laugh', 'wow', 'sad']),
  /** How many comments one reader may send per minute. They may all come at once. */
  commentsPerMinute: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)), 10),
})
export type SiteSettings = v.InferOutput<typeof siteSettingsSchema>

/** What every reader may know about a site. */
export const sitePublicSchema = v.object({
  key: siteKeySchema,
  name: v.string(),
  guests: v.boolean(),
  maxBodyLength: wholeNumber,
  editWindowMs: wholeNumber,
  reactions: v.array(v.string()),
})
export type SitePublic = v.InferOutput<typeof sitePublicSchema>
