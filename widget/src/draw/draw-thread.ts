import type { Ui } from '../contract.ts'
import { loadWriting } from '../i18n/index.ts'
import type { WritingMessages } from '../i18n/messages.ts'
import type { Slot } from './composer-slot.ts'
import type { Drawing, Later } from './drawing.ts'
import { codeOf } from './error-code.ts'
import { createLook } from './look.ts'
import { createOpened } from './opened.ts'
import { relativeTime } from './relative-time.ts'
import { createRoot } from './root.ts'
import { thread } from './thread.ts'

/** Draw a thread into `target` and keep it like its view. Returns how to take it away. */
export const drawThread = (target: ParentNode & Node, ui: Ui): (() => void) => {
  const { view, messages, lang } = ui
  const times = new Map<HTMLElement, number>()
  let errors: WritingMessages['errors'] | undefined
  let later: Promise<Later> | undefined
  let slot: Slot | undefined
  let basis: readonly unknown[] = []
  let drawing: Drawing
  let ticked = ui.now()
  let followed: string | null = null

  const root = createRoot(target, () => {
    tick()
    const { phase } = view
    const focusedId = phase === 'ready' ? view.focusedId : null
    if (focusedId !== followed) {
      followed = focusedId
      if (focusedId !== null) void follow(focusedId)
    }
    if (phase === 'ready') slot ??= { isOpen: view.draft(null).body !== '', isAsked: false }
    return thread(current(), {
      slot: slot ?? { isOpen: false, isAsked: false },
      said: look.said,
      putSlot(next) {
        slot = next
        root.redraw()
      },
    })
  })

  const opened = createOpened(root.redraw)

  const loadErrors = async (): Promise<WritingMessages['errors']> => {
    errors = (await loadWriting(lang)).errors
    return errors
  }

  const look = createLook({
    root: target,
    messages,
    redraw: root.redraw,
    settled: root.settled,
    textOf: (error) =>
      loadErrors().then(
        (texts) => texts[codeOf(error)],
        () => messages.unavailable,
      ),
  })

  const islands = (): Promise<Later> => {
    later ??= Promise.all([import('../islands/index.ts'), loadWriting(lang)]).then(
      ([module, texts]) => ({ ...module, shared: { ui, look, texts } }),
      (error: unknown) => {
        later = undefined
        throw error
      },
    )
    return later
  }

  /** A permalink scrolls to its comment and focuses it, once each time it is followed. */
  const follow = async (id: string): Promise<void> => {
    await root.settled()
    const comment = target.querySelector<HTMLElement>(`[id="c-${id}"]`)
    comment?.scrollIntoView({ block: 'start' })
    comment?.focus({ preventScroll: true })
  }

  const tick = (): void => {
    if (ticked === ui.now()) return
    ticked = ui.now()
    for (const [element, at] of times) (element.firstChild as Text).data = relativeTime(at, ticked, lang)
  }

  const current = (): Drawing => {
    const { closed, reader, site, focusedId } = view
    // A site is told anew with every page, and seldom differs.
    const now = [closed, reader, JSON.stringify(site), focusedId, errors]
    if (now.some((part, i) => part !== basis[i]))
      drawing = {
        ...ui,
        look,
        opened,
        canWrite: reader !== null || site?.guests === true,
        linkedId: focusedId,
        islands,
        errorText(code) {
          if (code === 'unavailable') return messages.unavailable
          if (!errors) loadErrors().then(root.redraw, () => undefined)
          return errors?.[code] ?? ''
        },
        keepTime(element, at) {
          times.set(element, at)
          return () => times.delete(element)
        },
      }
    basis = now
    return drawing
  }

  const stop = ui.subscribe(root.redraw)
  root.redraw()
  return () => {
    stop()
    look.close()
    root.end()
  }
}
