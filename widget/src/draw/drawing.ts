import type { Ui } from '../contract.ts'
import type { Look } from './look.ts'
import type { Opened } from './opened.ts'

/**
 * What every drawing function is given. A new object whenever something changes that all comments depend on, so parts
 * made of the same drawing and the same comment look the same.
 */
export type Drawing = Ui & {
  readonly look: Look
  /** What the reader has open, comment by comment. */
  readonly opened: Opened
  /** Whether this reader can write here at all. */
  readonly canWrite: boolean
  /** The permalink's comment. */
  readonly linkedId: string | null
  /** The later chunk with everything a reader starts by hand, and its texts. */
  islands(): Promise<Later>
}

/** The module of islands with what all of them are given. */
export type Later = typeof import('../islands/index.ts') & {
  readonly shared: import('../islands/open-island.ts').Shared
}
