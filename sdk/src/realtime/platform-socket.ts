/** The part of a WebSocket that the client uses. A browser's, Node's own and the one of `ws` all have it. */
export type WebSocketLike = {
  send(data: string): void
  close(code?: number): void
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: unknown) => void): void
}

export type OpenWebSocket = (url: string, protocol: string) => WebSocketLike

/** The platform's WebSocket, or `undefined` where there is none (Node 20). */
export const platformWebSocket = (): OpenWebSocket | undefined =>
  typeof WebSocket === 'function' ? (url, protocol) => new WebSocket(url, protocol) : undefined
