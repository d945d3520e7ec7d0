/** Messages between nodes: they may be lost or come twice, unordered between publishers. A node does not hear itself. */
export type Bus = {
  publish(topic: string, message: string): void
  /** Returns the function that stops listening. */
  subscribe(topic: string, listener: (message: string) => void): () => void
  /** Whether messages are being lost just now, so that hubs should look at the database more often. */
  degraded(): boolean
  /**
   * Call back each time messages may have been lost, once when that is noticed and once when they flow again, so that
   * hubs look at the database then; returns the function that stops it.
   */
  onGap(listener: () => void): () => void
  /**
   * Resolves once messages of a topic with listeners arrive, so that what is read from then on has no gap to what is heard.
   * Does not wait while messages are being lost anyway, and never rejects.
   */
  listening(topic: string): Promise<void>
  close(): Promise<void>
}
