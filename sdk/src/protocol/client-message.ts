import * as v from 'valibot'
import { bodySchema, nameSchema, reactionKindSchema } from './comment.ts'
import { idSchema, siteKeySchema } from './ids.ts'

/** Chosen by the client, repeated in the answer; unique among its unanswered messages. */
const ref = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER))
const seq = v.pipe(v.number(), v.integer(), v.minValue(0))
const token = v.pipe(v.string(), v.maxLength(2_048))

/** First message of a connection, and again whenever the reader's token changes. */
export const helloSchema = v.strictObject({
  type: v.literal('hello'),
  ref,
  site: siteKeySchema,
  version: v.pipe(v.number(), v.integer()),
  token: v.optional(token),
})

/** Hear a thread from `since` on. Without `since`, from now on. */
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
  /** Idempotency key: made when the reader presses send, the same on every retry over any node and transport. */
  key: idSchema,
  parentId: v.optional(v.nullable(idSchema)),
  body: bodySchema,
  /** A guest may change the name shown from this comment on. */
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

/** The reader is writing; lasts a few seconds, is never stored and never answered. */
export const typingSchema = v.strictObject({ type: v.literal('typing'), thread: idSchema })

/** Answered with `pong`; lets a browser, which cannot see protocol pings, notice a dead connection. */
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

/** The commands: what changes a thread, over either transport, without the WebSocket envelope's `ref`. */
export type CommandType = 'comment.create' | 'comment.edit' | 'comment.delete' | 'reaction.add' | 'reaction.remove'
export type Command = Extract<ClientMessage, { type: CommandType }>
export type CommandInput<T extends CommandType> = Omit<Extract<Command, { type: T }>, 'type' | 'ref'>
