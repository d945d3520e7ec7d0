import * as v from 'valibot'
import { bodySchema, nameSchema, reactionKindSchema } from './comment.ts'
import { idSchema, siteKeySchema } from './ids.ts'

/** Chosen by the client and repeated in the answer. Unique among the client's unanswered messages. */
const ref = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER))
const seq = v.pipe(v.number(), v.integer(), v.minValue(0))
const token = v.pipe(v.string(), v.maxLength(2_048))

/** The first message of a connection. Sent again whenever the reader's token changes. */
export const helloSchema = v.strictObject({
  type: v.literal('hello'),
  ref,
  site: siteKeySchema,
  version: v.pipe(v.number(), v.integer()),
  token: v.optional(token),
})

/** Receive the changes of a thread after `since`, or from now on if there is no `since`. */
export const subscribeSchema = v.strictObject({
  type: v.literal('subscribe'),
  ref,
  thread: idSchema,
  since: v.optional(seq),
  /** The epoch `since` belongs to. */
  epoch: v.optional(idSchema),
})

export const unsubscribeSchema = v.strictObject({ type: v.literal('unsubscribe'), ref, thread: idSchema })

export const commentCreateSchema = v.strictObject({
  type: v.literal('comment.create'),
  ref,
  thread: idSchema,
  /** Idempotency key: made when the reader presses Send, and the same on every retry over any node and transport. */
  key: idSchema,
  parentId: v.optional(v.nullable(idSchema)),
  body: bodySchema,
  /** Changes the name that a guest is shown by, from this comment on. */
  author: v.optional(v.strictObject({ name: nameSchema })),
})

export const commentEditSchema = v.strictObject({
  type: v.literal('comment.edit'),
  ref,
  thread: idSchema,
  comment: idSchema,
  body: bodySchema,
})

export const commentDeleteSchema = v.strictObject({
  type: v.literal('comment.delete'),
  ref,
  thread: idSchema,
  comment: idSchema,
})

export const reactionAddSchema = v.strictObject({
  type: v.literal('reaction.add'),
  ref,
  thread: idSchema,
  comment: idSchema,
  kind: reactionKindSchema,
})

export const reactionRemoveSchema = v.strictObject({
  type: v.literal('reaction.remove'),
  ref,
  thread: idSchema,
  comment: idSchema,
  kind: reactionKindSchema,
})

/** The reader is typing. Valid for a few seconds, never stored and never answered. */
export const typingSchema = v.strictObject({ type: v.literal('typing'), thread: idSchema })

/** Answered with `pong`. Lets a browser, which cannot see WebSocket pings, notice a dead connection. */
export const pingSchema = v.strictObject({ type: v.literal('ping') })

/** Every message a client may send. */
export const clientMessageSchema = v.variant('type', [
  helloSchema,
  subscribeSchema,
  unsubscribeSchema,
  commentCreateSchema,
  commentEditSchema,
  commentDeleteSchema,
  reactionAddSchema,
  reactionRemoveSchema,
  typingSchema,
  pingSchema,
])
export type ClientMessage = v.InferOutput<typeof clientMessageSchema>
export type ClientMessageType = ClientMessage['type']

/** The commands: everything that changes a thread, over either transport. */
export type CommandType = 'comment.create' | 'comment.edit' | 'comment.delete' | 'reaction.add' | 'reaction.remove'
export type Command = Extract<ClientMessage, { type: CommandType }>
export type CommandInput<T extends CommandType> = Omit<Extract<Command, { type: T }>, 'type' | 'ref'>
