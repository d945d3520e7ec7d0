import * as v from 'valibot'
import { authorSchema } from './comment.ts'
import { deltaSchema } from './delta.ts'
import { type ErrorCode, errorStatus } from './errors.ts'
import { idSchema } from './ids.ts'
import { presenceSchema } from './results.ts'

const ref = v.pipe(v.number(), v.integer(), v.minValue(1))
const ms = v.pipe(v.number(), v.integer(), v.minValue(0))

export const errorBodySchema = v.object({
  code: v.picklist(Object.keys(errorStatus) as ErrorCode[]),
  /** For developers. */
  message: v.string(),
  retryAfterMs: v.optional(ms),
})
export type ErrorBody = v.InferOutput<typeof errorBodySchema>

/** The answer to `hello`. */
export const welcomeSchema = v.object({
  type: v.literal('welcome'),
  ref,
  version: v.number(),
  /** The process that answers. For support, not for logic. */
  node: v.string(),
  /** The reader that the token identifies. `null` without a token. */
  reader: v.nullable(authorSchema),
  /** Send `ping` after this much silence. The connection is dead when nothing comes for as long again. */
  pingMs: ms,
})

/** The message `ref` succeeded. A command is committed. */
export const okSchema = v.object({ type: v.literal('ok'), ref, result: v.record(v.string(), v.unknown()) })

/** The message `ref` was refused. Without `ref`, a frame could not be read. */
export const errorSchema = v.object({ type: v.literal('error'), ref: v.optional(ref), error: errorBodySchema })

export const deltaMessageSchema = v.object({ type: v.literal('delta'), ...deltaSchema.entries })

/** The position is unknown or too old. Take a new snapshot and subscribe from its head. */
export const reloadSchema = v.object({ type: v.literal('reload'), thread: idSchema })

export const presenceMessageSchema = v.object({
  type: v.literal('presence'),
  thread: idSchema,
  ...presenceSchema.entries,
})

/** This node is shutting down. Reconnect after `afterMs`. */
export const reconnectSchema = v.object({ type: v.literal('reconnect'), afterMs: ms })

export const pongSchema = v.object({ type: v.literal('pong') })

/** Every message that a server may send. Clients ignore types and fields that they do not know. */
export const serverMessageSchema = v.variant('type', [
  welcomeSchema,
  okSchema,
  errorSchema,
  deltaMessageSchema,
  reloadSchema,
  presenceMessageSchema,
  reconnectSchema,
  pongSchema,
])
export type ServerMessage = v.InferOutput<typeof serverMessageSchema>
