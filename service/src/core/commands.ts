import { type CommandInput, type CommandResult, type CommandType, ReparteeError } from '@repartee/sdk/protocol'
import type { Actor } from './actor.ts'
import { createComment } from './comments/create-comment.ts'
import { editComment } from './comments/edit-comment.ts'
import { removeComment } from './comments/remove-comment.ts'
import { withDeadline } from './deadline.ts'
import type { Deps } from './deps.ts'
import { setReaction } from './reactions/set-reaction.ts'
import type { Span } from './tracer.ts'

type RunCommand<T extends CommandType> = (deps: Deps, actor: Actor, input: CommandInput<T>) => Promise<CommandResult<T>>

/** Every command with its use-case; both transports know no others. */
export const commands: { readonly [T in CommandType]: RunCommand<T> } = {
  'comment.create': createComment,
  'comment.edit': editComment,
  'comment.delete': removeComment,
  'reaction.add': (deps, actor, input) => setReaction(deps, actor, { ...input, on: true }),
  'reaction.remove': (deps, actor, input) => setReaction(deps, actor, { ...input, on: false }),
}

/** Every command is answered within this time. After `unavailable`, its key makes a retry safe. */
export const DEADLINE_MS = 5_000

/** Run a command whose input the transport has parsed, within the deadline, and count its outcome. */
export const execute = async <T extends CommandType>(
  deps: Deps,
  actor: Actor,
  type: T,
  input: CommandInput<T>,
): Promise<CommandResult<T>> =>
  deps.tracer.span(`command ${type}`, { attributes: { 'repartee.site': actor.site.publicKey } }, (span) =>
    perform(deps, actor, type, input, span),
  )

const perform = async <T extends CommandType>(
  deps: Deps,
  actor: Actor,
  type: T,
  input: CommandInput<T>,
  span: Span,
): Promise<CommandResult<T>> => {
  const startedAt = deps.now()
  let outcome = 'internal'
  try {
    if (actor.expiresAt !== undefined && actor.expiresAt <= startedAt) throw new ReparteeError('token_expired')
    const run: RunCommand<T> = commands[type]
    const result = await withDeadline(DEADLINE_MS, run(deps, actor, input))
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
