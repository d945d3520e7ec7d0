/** Call back when the browser comes back online or the page becomes visible; returns how to stop. Nothing in Node. */
export const onBrowserHint = (hint: () => void): (() => void) => {
  if (typeof document === 'undefined' || typeof addEventListener === 'undefined') return () => {}
  const seen = (): void => {
    if (document.visibilityState === 'visible') hint()
  }
  addEventListener('online', hint)
  document.addEventListener('visibilitychange', seen)
  return () => {
    removeEventListener('online', hint)
    document.removeEventListener('visibilitychange', seen)
  }
}
