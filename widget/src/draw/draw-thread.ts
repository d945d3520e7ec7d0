import type { ErrorCode } from '@repartee/sdk/protocol'
import type { Ui } from '../contract.ts'
import { loadWriting } from '../i18n/index.ts'
import { once } from '../once.ts'
import type { Slot } from './composer-slot.ts'
import type { Drawing, Later } from './drawing.ts'
import { codeOf } from './error-code.ts'
import { createLook } from './look.ts'
import { createOpened } from './opened.ts'
import { createRoot } from './root.ts'
import { thread } from './thread-node.ts'
import { tick } from './time.ts'

export type DrawnThread = {
  /** Settles when everything is drawn that the view shows. */
  settled(): Promise<void>
  /** Take it away. */
  end(): void
}

/** Draw a thread into `target` and keep it like its view. */
export const drawThread = (target: ParentNode & Node, ui: Ui): DrawnThread => {
  const { view, messages, lang } = ui
  let failed: ErrorCode | null = null
  let reason = ''
  let slot: Slot | undefined
  let basis: readonly unknown[] = []
  let drawing: Drawing
  let ticked = ui.now()
  let followed: string | null = null

  const root = createRoot(target, () => {
    if (ticked !== ui.now()) tick(target, ui)
    ticked = ui.now()
    const { phase, error } = view
    if (error !== failed) {
      failed = error
      reason = ''
      if (error) void explain(error)
    }
    const focusedId = phase === 'ready' ? view.focusedId : null
    if (focusedId !== followed) {
      followed = focusedId
      if (focusedId !== null) void follow(focusedId)
    }
    if (phase === 'ready') slot ??= { isOpen: view.hasDraft, isAsked: false }
    return thread(current(), {
      slot: slot ?? { isOpen: false, isAsked: false },
      said: look.said,
      reason,
      putSlot(next) {
        slot = next
        root.redraw()
      },
    })
  })

  const opened = createOpened(root.redraw)

  /** What cannot be fetched either is missing for the same reason. */
  const textOf = (error: unknown): Promise<string> =>
    loadWriting(lang).then(
      ({ errors }) => errors[codeOf(error)],
      () => messages.unavailable,
    )

  const look = createLook({
    root: target,
    messages,
    redraw: root.redraw,
    settled: root.settled,
    textOf,
  })

  const islands = once(async (): Promise<Later> => {
    const [module, texts] = await Promise.all([import('../islands/index.ts'), loadWriting(lang), view.prepare()])
    return { ...module, shared: { ui, look, texts } }
  })

  const explain = async (code: ErrorCode): Promise<void> => {
    reason = await textOf({ code })
    root.redraw()
  }

  /** A permalink scrolls to its comment and focuses it, once each time it is followed. */
  const follow = async (id: string): Promise<void> => {
    await root.settled()
    const comment = target.querySelector<HTMLElement>(`[id="c-${id}"]`)
    comment?.scrollIntoView({ block: 'start' })
    comment?.focus({ preventScroll: true })
  }

  const current = (): Drawing => {
    const { closed, reader, site, focusedId } = view
    // A site is told anew with every page, and seldom differs.
    const now = [closed, reader, JSON.stringify(site), focusedId]
    if (now.some((part, i) => part !== basis[i]))
      drawing = {
        ...ui,
        look,
        opened,
        canWrite: reader !== null || site?.guests === true,
        linkedId: focusedId,
        islands,
      }
    basis = now
    return drawing
  }

  const stop = ui.subscribe(root.redraw)
  root.redraw()
  return {
    settled: root.settled,
    end() {
      stop()
      look.close()
      root.end()
    },
  }
}
