import * as v from 'valibot'
import type { CommandType } from './client-message.ts'
import { commentSchema } from './comment.ts'
import { idSchema } from './ids.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

const reactionResult = v.object({
  comment: idSchema,
  seq: count,
  reactions: v.record(v.string(), count),
  /** The kinds that this reader has chosen on the comment, after the command. */
  mine: v.array(v.string()),
})

/** The result of each command, sent once it is committed. */
export const commandResultSchemas = {
  'comment.create': v.object({
    /** With `body`. `status` tells whether others see it. */
    comment: commentSchema,
    /** `false` when the key was used before and this is the comment it made. */
    created: v.boolean(),
  }),
  'comment.edit': v.object({ comment: commentSchema }),
  'comment.delete': v.object({
    id: idSchema,
    seq: count,
    /** The tombstone that stays in its place, or `null` when the comment is gone. */
    tombstone: v.nullable(commentSchema),
  }),
  'reaction.add': reactionResult,
  'reaction.remove': reactionResult,
} as const satisfies Record<CommandType, v.GenericSchema>

export type CommandResult<T extends CommandType> = v.InferOutput<(typeof commandResultSchemas)[T]>

export const presenceSchema = v.object({
  /** How many readers have the thread open, this one included. */
  count,
  /** Names of readers who are typing, at most five. */
  typing: v.array(v.string()),
})
export type Presence = v.InferOutput<typeof presenceSchema>

/** The answer to `subscribe`. The backlog follows as deltas, or as `reload`. */
export const subscribeResultSchema = v.object({
  head: count,
  epoch: idSchema,
  commentCount: count,
  closed: v.boolean(),
  presence: presenceSchema,
})
export type SubscribeResult = v.InferOutput<typeof subscribeResultSchema>
