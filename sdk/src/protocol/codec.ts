import type { ClientMessage } from './client-message.ts'
import type { ServerMessage } from './server-message.ts'

/** A message as one text frame. */
export const encode = (message: ClientMessage | ServerMessage): string => JSON.stringify(message)

/** Read a server's frame without validating it: a client trusts its service. `null` when it is not a message. */
export const decodeServerMessage = (frame: string): ServerMessage | null => {
  try {
    const value: unknown = JSON.parse(frame)
    return typeof value === 'object' && value !== null && 'type' in value ? (value as ServerMessage) : null
  } catch {
    return null
  }
}
