import { draw, erase, type VNode } from './h.ts'

/** A drawing never keeps the page from answering for longer: what is left is drawn in the next tasks. */
const SLICE_MS = 12

export type Root = {
  /** Draw again soon, once for all that changed until then. */
  redraw(): void
  /** Settles when everything is drawn that was asked for. */
  settled(): Promise<void>
  /** Take everything away. */
  end(): void
}

/** Keep `target` looking as `tree()` says. */
export const createRoot = (target: Node, tree: () => VNode): Root => {
  let drawn: readonly VNode[] = []
  let due = false
  let unfinished = false
  let ended = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting: (() => void)[] = []

  const pass = (): void => {
    clearTimeout(timer)
    if (ended) return
    const next = [tree()]
    due = false
    unfinished = draw(target, drawn, next, SLICE_MS)
    drawn = next
    if (unfinished) timer = setTimeout(pass)
    else if (!due) {
      const told = waiting
      waiting = []
      for (const tell of told) tell()
    }
  }

  return {
    redraw() {
      if (due) return
      due = true
      queueMicrotask(pass)
    },
    settled: () =>
      new Promise((resolve) => {
        if (due || unfinished) waiting.push(resolve)
        else resolve()
      }),
    end() {
      ended = true
      clearTimeout(timer)
      drawn.forEach(erase)
      drawn = []
    },
  }
}
