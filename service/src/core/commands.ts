import {
  type CommandInput,
  type CommandResult,
  type CommandType,
  commentCreateSchema,
  commentDeleteSchema,
  commentEditSchema,
  parseInput,
  ReparteeError,
  reactionAddSchema,
  reactionRemoveSchema,
} from '@repartee/sdk/protocol'
import * as v from 'valibot'
import type { Actor } from './actor.ts'
import { createComment } from './comments/create-comment.ts'
import { editComment } from './comments/edit-comment.ts'
import { removeComment } from './comments/remove-comment.ts'
import { withDeadline } from './deadline.ts'
import type { Deps } from './deps.ts'
import { setReaction } from './reactions/set-reaction.ts'
import type { Span } from './tracer.ts'

/** One thing a client may ask for: the form of its input, and what does it. */
export type CommandRule<T extends CommandType> = {
  readonly input: v.GenericSchema<unknown, CommandInput<T>>
  run(deps: Deps, actor: Actor, input: CommandInput<T>): Promise<CommandResult<T>>
}

const envelope = ['type', 'ref'] as const

/** Every command; both transports know no others. */
export const commands: { readonly [T in CommandType]: CommandRule<T> } = {
  'comment.create': { input: v.omit(commentCreateSchema, envelope), run: createComment },
  'comment.edit': { input: v.omit(commentEditSchema, envelope), run: editComment },
  'comment.delete': { input: v.omit(commentDeleteSchema, envelope), run: removeComment },
  'reaction.add': {
    input: v.omit(reactionAddSchema, envelope),
    run: (deps, actor, input) => setReaction(deps, actor, { ...input, on: true }),
  },
  'reaction.remove': {
    input: v.omit(reactionRemoveSchema, envelope),
    run: (deps, actor, input) => setReaction(deps, actor, { ...input, on: false }),
  },
}

/** A command answers within this time, or says that it cannot tell; its key makes asking again safe. */
export const DEADLINE_MS = 5_000

/** Do what a client asks: validate, run, count. The one path of every transport. */
export const execute = async <T extends CommandType>(
  deps: Deps,
  actor: Actor,
  type: T,
  input: unknown,
): Promise<CommandResult<T>> =>
  deps.tracer.span(`command ${type}`, { attributes: { 'repartee.site': actor.site.publicKey } }, (span) =>
    perform(deps, actor, type, input, span),
  )

const perform = async <T extends CommandType>(
  deps: Deps,
  actor: Actor,
  type: T,
  input: unknown,
  span: Span,
): Promise<CommandResult<T>> => {
  const startedAt = deps.now()
  let outcome = 'internal'
  try {
    if (actor.expiresAt !== undefined && actor.expiresAt <= startedAt) throw new ReparteeError('token_expired')
    const rule: CommandRule<T> = commands[type]
    const result = await withDeadline(DEADLINE_MS, rule.run(deps, actor, parseInput(rule.input, input)))
    outcome = 'ok'
    return result
  } catch (cause) {
    if (cause instanceof ReparteeError) outcome = cause.code
    throw cause
  } finally {
    span.set({ 'repartee.outcome': outcome })
    deps.metrics.count('commands', { type, outcome })
    deps.metrics.observe('command_ms', deps.now() - startedAt, { type })
  }
}
