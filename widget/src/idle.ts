/** Do something while nothing else happens; at once where the browser cannot tell. Returns how to call it off. */
export const whenIdle = (act: () => unknown): (() => void) => {
  if (!('requestIdleCallback' in globalThis)) {
    act()
    return () => undefined
  }
  const id = requestIdleCallback(act)
  return () => cancelIdleCallback(id)
}
