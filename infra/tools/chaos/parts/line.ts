/** The direction in which packets are lost, as seen from the node. */
export type Direction = 'both' | 'to' | 'from'

/** The connection between one node and another part. */
export type Line = {
  /** Silently lose everything that is sent, until `mend`. */
  drop(direction: Direction): void
  mend(): void
}
