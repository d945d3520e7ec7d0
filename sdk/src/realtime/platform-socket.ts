/** What the client needs of a WebSocket: a browser's, Node's own and `ws` all have it. */
export type WebSocketLike = {
  send(data: string): void
  close(code?: number): void
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: unknown) => void): void
}

export type OpenSocket = (url: string, protocol: string) => WebSocketLike

/** The platform's WebSocket, or `undefined` where there is none (Node 20). */
export const platformSocket = (): OpenSocket | undefined =>
  typeof WebSocket === 'function' ? (url, protocol) => new WebSocket(url, protocol) : undefined
