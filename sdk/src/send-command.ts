import type { Http, HttpCall } from './http-client.ts'
import type { CommandInput, CommandType } from './protocol/client-message.ts'
import type { CommandResult } from './protocol/results.ts'
import type { Session } from './reader-session.ts'
import type { Connection } from './realtime/connection.ts'
import type { Ask } from './realtime/link.ts'
import { type RetryDeps, retrying } from './retrying.ts'

type Command = Extract<Ask, { type: CommandType }>

/** The route of a command, for when there is no live connection. */
const routeOf = (command: Command): Pick<HttpCall, 'method' | 'path' | 'body'> => {
  const comments = `/threads/${command.thread}/comments`
  if (command.type === 'comment.create') {
    const { type: _type, thread: _thread, ...body } = command
    return { method: 'POST', path: comments, body }
  }
  const path = `${comments}/${command.comment}`
  switch (command.type) {
    case 'comment.edit':
      return { method: 'PATCH', path, body: { body: command.body } }
    case 'comment.delete':
      return { method: 'DELETE', path }
    default:
      return {
        method: command.type === 'reaction.add' ? 'PUT' : 'DELETE',
        path: `${path}/reactions/${encodeURIComponent(command.kind)}`,
      }
  }
}

type CommandDeps = RetryDeps & {
  readonly http: Http
  readonly session: Session
  readonly connection: Connection
  readonly closing: AbortSignal
}

/**
 * Send a command until it is answered: over the live WebSocket if that acts as this reader, else over HTTP. Every try
 * carries the same input, so a create carries the same key and is done once.
 */
export const sendCommand = <T extends CommandType>(
  deps: CommandDeps,
  type: T,
  input: CommandInput<T>,
): Promise<CommandResult<T>> => {
  const command = { ...input, type } as unknown as Command
  return retrying(
    deps,
    (timeoutMs) =>
      deps.session.authorised(async (token) => {
        const link = deps.connection.live
        const answer = link?.actsAs(token) ? link.ask(command) : deps.http({ ...routeOf(command), token, timeoutMs })
        return (await answer) as CommandResult<T>
      }),
    deps.closing,
  )
}
