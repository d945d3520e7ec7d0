import type { WritingMessages } from '../i18n/messages.ts'
import { codeOf } from './code-of.ts'
import type { ThreadDeps } from './thread-deps.ts'
import type { Store } from './view-store.ts'

/** Long enough to be read. */
const SHOWN_MS = 8_000

/** A text for every error code. */
export type ErrorTexts = WritingMessages['errors']

export type ErrorAlert = {
  /** Tell the reader why something that they asked for did not happen. */
  show(error: unknown): void
  close(): void
}

/** Shows the reader's own failures for which no form is open. */
export const createErrorAlert = (deps: ThreadDeps, store: Store, texts: ErrorTexts): ErrorAlert => {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    show(error) {
      const code = codeOf(error)
      clearTimeout(timer)
      store.updateStatus({ alert: texts[code] })
      timer = setTimeout(() => store.updateStatus({ alert: '' }), SHOWN_MS)
      deps.emit('error', { code })
    },
    close: () => clearTimeout(timer),
  }
}
