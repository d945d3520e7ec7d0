/** Which way packets are lost, seen from the node. */
export type Direction = 'both' | 'to' | 'from'

/** What lies between one node and another part. */
export type Line = {
  /** Lose everything that is sent, silently, until `mend`. */
  drop(direction: Direction): void
  mend(): void
}
