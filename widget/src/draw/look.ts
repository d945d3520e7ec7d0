import type { Messages } from '../i18n/messages.ts'

/** How long a message stays in sight; longer than it takes to read aloud. */
const SHOWN_MS = 6_000

/** What the root gives its parts: the two live regions, and the focus across a change. */
export type Look = {
  /** Put a text into the polite live region; `shown` also displays it for a moment. */
  say(text: string, shown?: boolean): void
  /** Show and announce why something the reader asked for did not happen. */
  fail(error: unknown): void
  /** Run what inserts comments, then focus the first one that was not there before. */
  reveal(insert: () => unknown): Promise<void>
  /** Settles when everything is drawn that was asked for. */
  settled(): Promise<void>
  /** Focus a part of a comment, as soon as it is drawn. */
  focusIn(id: string, selector: string): void
  /** Move the focus to where a new comment is written, as soon as that is drawn. */
  focusComposer(): void
}

/** What the live regions hold. */
export type Said = { readonly text: string; readonly isShown: boolean; readonly failure: string }

const silence: Said = { text: '', isShown: false, failure: '' }

type LookDeps = {
  readonly root: ParentNode
  readonly messages: Messages
  redraw(): void
  settled(): Promise<void>
  /** The text for whatever was thrown. */
  textOf(error: unknown): Promise<string>
}

/** The live regions' texts, and the services to all parts. */
export const createLook = (deps: LookDeps): Look & { readonly said: Said; close(): void } => {
  const { root } = deps
  let said = silence
  let clearing: ReturnType<typeof setTimeout> | undefined

  const put = (next: Said): void => {
    said = next
    deps.redraw()
  }

  /** An empty region first: the same text twice would not be announced twice. */
  const announce = async (next: Partial<Said>): Promise<void> => {
    clearTimeout(clearing)
    put(silence)
    await deps.settled()
    put({ ...silence, ...next })
    clearTimeout(clearing)
    clearing = setTimeout(() => put(silence), SHOWN_MS)
  }

  const focus = async (selector: string, preventScroll = false): Promise<void> => {
    await deps.settled()
    root.querySelector<HTMLElement>(selector)?.focus({ preventScroll })
  }
  const articles = (): HTMLElement[] => [...root.querySelectorAll<HTMLElement>('article[id]')]

  const fail = async (error: unknown): Promise<void> => announce({ failure: await deps.textOf(error) })

  return {
    get said() {
      return said
    },
    say: (text, isShown = false) => void announce({ text, isShown }),
    fail: (error) => void fail(error),
    async reveal(insert) {
      const before = new Set(articles().map(({ id }) => id))
      try {
        await insert()
        await deps.settled()
        articles()
          .find(({ id }) => !before.has(id))
          ?.focus()
      } catch (error) {
        await fail(error)
      }
    },
    settled: deps.settled,
    focusIn: (id, selector) => void focus(`[id="c-${id}"] ${selector}`),
    focusComposer: () => void focus('[data-composer] :is(textarea, button)', true),
    close: () => clearTimeout(clearing),
  }
}
