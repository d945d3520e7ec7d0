import { commentCreateSchema, commentEditSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'

/** The commands' bodies over HTTP: the WebSocket messages without what the URL already says. */
export const commandBodies = {
  'comment.create': v.strictObject(v.omit(commentCreateSchema, ['type', 'ref', 'thread']).entries),
  'comment.edit': v.strictObject(v.omit(commentEditSchema, ['type', 'ref', 'thread', 'comment']).entries),
}
