/** Messages between nodes. They may be lost, repeated, and unordered between publishers. A node gets none of its own. */
export type Bus = {
  publish(topic: string, message: string): void
  /** Returns the function that unsubscribes. */
  subscribe(topic: string, listener: (message: string) => void): () => void
  /** Whether messages are currently being lost, so that hubs should check the database more often. */
  degraded(): boolean
  /**
   * Call back when messages may have been lost: once when that is noticed, and once when they flow again. Hubs check the
   * database then. Returns the function that unsubscribes.
   */
  onGap(listener: () => void): () => void
  /**
   * Resolves once a subscription to the topic is in effect, so that nothing is missed between a read that follows and
   * the first message. Resolves at once while messages are being lost anyway. Never rejects.
   */
  listening(topic: string): Promise<void>
  close(): Promise<void>
}
