/** Run a task when the browser is idle, or at once where it cannot tell. Returns a function that cancels it. */
export const whenIdle = (act: () => unknown): (() => void) => {
  if (!('requestIdleCallback' in globalThis)) {
    act()
    return () => undefined
  }
  const id = requestIdleCallback(act)
  return () => cancelIdleCallback(id)
}
