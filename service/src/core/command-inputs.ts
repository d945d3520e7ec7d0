import {
  type CommandInput,
  type CommandType,
  commentCreateSchema,
  commentDeleteSchema,
  commentEditSchema,
  reactionAddSchema,
  reactionRemoveSchema,
} from '@repartee/sdk/protocol'
import * as v from 'valibot'

const envelope = ['type', 'ref'] as const

/** What each command takes: its WebSocket message without the envelope. */
export const commandInputs = {
  'comment.create': v.omit(commentCreateSchema, envelope),
  'comment.edit': v.omit(commentEditSchema, envelope),
  'comment.delete': v.omit(commentDeleteSchema, envelope),
  'reaction.add': v.omit(reactionAddSchema, envelope),
  'reaction.remove': v.omit(reactionRemoveSchema, envelope),
} satisfies { [T in CommandType]: v.GenericSchema<unknown, CommandInput<T>> }
