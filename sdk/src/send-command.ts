import type { HttpRequest, SendRequest } from './http-client.ts'
import type { CommandInput, CommandType } from './protocol/client-message.ts'
import type { CommandResult } from './protocol/results.ts'
import type { Session } from './reader-session.ts'
import type { Connection } from './realtime/connection.ts'
import type { LinkRequest } from './realtime/link.ts'
import { type RetryDeps, withRetry } from './with-retry.ts'

type Command = Extract<LinkRequest, { type: CommandType }>

/** The HTTP form of a command. */
const toHttpRequest = (command: Command): Pick<HttpRequest, 'method' | 'path' | 'body'> => {
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
  readonly sendRequest: SendRequest
  readonly session: Session
  readonly connection: Connection
  readonly closing: AbortSignal
}

/**
 * Send a command until the service answers it. It goes over the WebSocket if that is live and authenticated as this
 * reader, else over HTTP. Every attempt has the same input, and so a create has the same key and is stored once.
 */
export const sendCommand = <T extends CommandType>(
  deps: CommandDeps,
  type: T,
  input: CommandInput<T>,
): Promise<CommandResult<T>> => {
  const command = { ...input, type } as unknown as Command
  return withRetry(
    deps,
    (timeoutMs) =>
      deps.session.withToken(async (token) => {
        const link = deps.connection.liveLink
        const response = link?.isAuthenticatedWith(token)
          ? link.request(command)
          : deps.sendRequest({ ...toHttpRequest(command), token, timeoutMs })
        return (await response) as CommandResult<T>
      }),
    deps.closing,
  )
}
