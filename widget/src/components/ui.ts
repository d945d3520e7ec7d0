import { getContext } from 'svelte'
import type { Ui } from '../contract.ts'

/** What the root gives its parts: the two live regions, and focus across an insertion. */
export type Look = {
  /** Put a text into the polite live region; `shown` also displays it for a moment. */
  say(text: string, shown?: boolean): void
  /** Show and announce why something the reader asked for did not happen. */
  fail(error: unknown): void
  /** Run what inserts comments, then focus the first one that was not there before. */
  reveal(insert: () => unknown): Promise<void>
  /** Move the focus to where a new comment is written. */
  focusComposer(): void
}

/** The thread, its texts and the clock. Read its fields where they are used: they change. */
export const useUi = (): Ui => getContext<Ui>('repartee')

/** The root's services to its parts. */
export const useLook = (): Look => getContext<Look>('repartee-look')
