export type Toast = {
  readonly id: number
  readonly text: string
  readonly tone: 'neutral' | 'danger'
  /** Takes the act back. */
  readonly undo: (() => void) | undefined
}

/** With an undo there is time to read, to decide and to reach it. */
const SHOWN_MS = 6_000
const UNDO_MS = 12_000
/** More would cover the page; the oldest go. */
const MOST = 3

let toasts = $state.raw<readonly Toast[]>([])
let held = false
let nextId = 0
const timers = new Map<number, ReturnType<typeof setTimeout>>()

const wait = (toast: Toast): void => {
  clearTimeout(timers.get(toast.id))
  timers.set(
    toast.id,
    setTimeout(() => dismiss(toast.id), toast.undo === undefined ? SHOWN_MS : UNDO_MS),
  )
}

export const shownToasts = (): readonly Toast[] => toasts

export const dismiss = (id: number): void => {
  clearTimeout(timers.get(id))
  timers.delete(id)
  toasts = toasts.filter((toast) => toast.id !== id)
}

/** Say that something has happened, for a while. It is read out, and `undo` offers to take it back. */
export const notify = (o: { text: string; tone?: 'neutral' | 'danger'; undo?: () => void }): void => {
  nextId += 1
  const toast: Toast = { id: nextId, text: o.text, tone: o.tone ?? 'neutral', undo: o.undo }
  for (const old of toasts.slice(0, Math.max(0, toasts.length + 1 - MOST))) dismiss(old.id)
  toasts = [...toasts, toast]
  if (!held) wait(toast)
}

/** While they are pointed at or hold the focus they stay (WCAG 2.2.1). */
export const holdToasts = (hold: boolean): void => {
  held = hold
  for (const toast of toasts) {
    if (hold) clearTimeout(timers.get(toast.id))
    else wait(toast)
  }
}
